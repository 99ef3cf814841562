package dev.signalbox.routing;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Reply;
import dev.signalbox.chat.Usage;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.function.Supplier;
import org.eclipse.microprofile.faulttolerance.Fallback;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.jspecify.annotations.Nullable;

/**
 * Brings an exchange to a deployment that answers it. Failures of providers are met by going on to the next candidate; what
 * is annotated here is what remains when there is none.
 */
@Singleton
public class Router {

    private final Planner planner;
    private final Course.Tools tools;
    private final Instance<Router> self;

    /** For CDI. */
    public Router(Planner planner, Course.Tools tools, Instance<Router> self) {
        this.planner = planner;
        this.tools = tools;
        this.self = self;
    }

    /**
     * Asks candidates until one answers. The Uni ends when the answer is whole, or fails with the {@link
     * dev.signalbox.chat.SignalboxException} that the caller is to be told.
     */
    public Uni<Void> route(Exchange exchange, Reply reply) {
        return plan(exchange, reply)
                .onFailure(AllProvidersExhausted.class)
                .recoverWithUni(failure -> self.get().recover(exchange, reply, new Plans(exchange, reply, failure)));
    }

    private Uni<Void> plan(Exchange exchange, Reply reply) {
        Plan plan = planner.plan(exchange, false);
        return plan.weighsTokens() || plan.mayBeTooLong()
                ? planner.counted(plan).chain(() -> new Course(plan, exchange, reply, tools).run())
                : new Course(plan, exchange, reply, tools).run();
    }

    /** What the first plan came to, and after that a new plan each time. */
    private final class Plans implements Supplier<Uni<Void>> {
        private final Exchange exchange;
        private final Reply reply;
        private @Nullable Throwable first;

        Plans(Exchange exchange, Reply reply, Throwable first) {
            this.exchange = exchange;
            this.reply = reply;
            this.first = first;
        }

        @Override
        public Uni<Void> get() {
            Throwable known = first;
            first = null;
            return known == null ? plan(exchange, reply) : Uni.createFrom().failure(known);
        }
    }

    /**
     * When every candidate failed: plans once more if all of them only rested and that is over by now, and otherwise gives
     * the last resort. Apart from {@link #route}, since passing through interceptors costs what only failures need to pay.
     *
     * @param plans the first plan's failure, then new plans
     */
    @NonBlocking
    @Retry(maxRetries = 1, delay = 0, jitter = 0, retryOn = AllProvidersExhausted.RestIsOver.class)
    @Fallback(fallbackMethod = "lastResort", applyOn = AllProvidersExhausted.class)
    Uni<Void> recover(Exchange exchange, Reply reply, Supplier<Uni<Void>> plans) {
        return plans.get();
    }

    /** The configured answer for when everything failed, if there is one and nothing was said yet. */
    Uni<Void> lastResort(Exchange exchange, Reply reply, Supplier<Uni<Void>> plans, AllProvidersExhausted failure) {
        String words = reply.begun() || !exchange.operation().isTalk()
                ? null
                : planner.model(exchange).lastResort();
        if (words == null) {
            return Uni.createFrom().failure(failure);
        }
        reply.begin();
        reply.event(new ChatEvent.Started(null, exchange.model()));
        reply.event(new ChatEvent.Text(words));
        reply.event(new ChatEvent.Finished(FinishReason.STOP, null));
        reply.event(new ChatEvent.Used(Usage.NONE));
        reply.flush();
        return Uni.createFrom().voidItem();
    }
}
