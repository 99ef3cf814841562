package dev.signalbox.gateway;

import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Reply;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.ledger.Ledger;
import dev.signalbox.ledger.Metering;
import dev.signalbox.limits.Admission;
import dev.signalbox.limits.Admissions;
import dev.signalbox.routing.Router;
import dev.signalbox.telemetry.Meters;
import io.smallrye.mutiny.CompositeException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;

/** The order in which a chat is admitted, answered and paid for. */
@Singleton
public class ChatGateway {

    private static final Logger LOG = Logger.getLogger(ChatGateway.class);

    private final Admissions admissions;
    private final Router router;
    private final Ledger ledger;
    private final Meters meters;
    private final Drain drain;

    /** For CDI. */
    public ChatGateway(Admissions admissions, Router router, Ledger ledger, Meters meters, Drain drain) {
        this.admissions = admissions;
        this.router = router;
        this.ledger = ledger;
        this.meters = meters;
        this.drain = drain;
    }

    /**
     * Answers one chat. The reply is told the end, whatever it is, exactly once; the row is written before that.
     *
     * @param loop runs things on the caller's event loop, which must be the current one
     */
    public void chat(Exchange exchange, Reply reply, Executor loop) {
        if (exchange.caller().grants().isEmpty()) {
            chat(exchange, reply, loop, Admission.FREE);
            return;
        }
        admit(exchange)
                .subscribe()
                .with(
                        admission -> chat(exchange, new Settling(reply, admission), loop, admission),
                        failure -> refuse(exchange, reply, told(exchange, failure)));
    }

    private Uni<Admission> admit(Exchange exchange) {
        try {
            drain.requireOpen();
            return admissions.admit(exchange);
        } catch (RuntimeException e) {
            return Uni.createFrom().failure(e);
        }
    }

    private void chat(Exchange exchange, Reply reply, Executor loop, Admission admission) {
        var metered = new Metering(exchange, reply, ledger, meters);
        Drain.Running running = drain.begun(exchange, loop);
        meters.begun();
        exchange.trail().admitted(System.nanoTime());
        route(exchange, metered)
                .onTermination()
                .invoke(() -> {
                    meters.ended();
                    running.ended();
                })
                .subscribe()
                .with(
                        _ -> ended(admission, metered::complete),
                        failure -> ended(admission, () -> metered.fail(told(exchange, failure))));
    }

    /** Whatever becomes of the end, the request is no longer under way. */
    private static void ended(Admission admission, Runnable end) {
        try {
            end.run();
        } finally {
            admission.leave();
        }
    }

    /**
     * Refuses what comes too late, for doors that answer without a chat.
     *
     * @throws SignalboxException 503 {@code shutting_down}
     */
    public void requireOpen() {
        drain.requireOpen();
    }

    /** Refuses a request that came so far that it has a row in the ledger. */
    public void refuse(Exchange exchange, Reply reply, SignalboxException failure) {
        new Metering(exchange, reply, ledger, meters).fail(failure);
    }

    private Uni<Void> route(Exchange exchange, Metering metered) {
        try {
            drain.requireOpen();
            return router.route(exchange, metered);
        } catch (RuntimeException e) {
            return Uni.createFrom().failure(e);
        }
    }

    /** A failure that is none of ours to tell is a bug: it is logged, and the caller gets its number. */
    private SignalboxException told(Exchange exchange, Throwable thrown) {
        Throwable failure = thrown instanceof CompositeException several
                        && !several.getCauses().isEmpty()
                ? several.getCauses().getLast()
                : thrown;
        if (failure instanceof SignalboxException known) {
            return drain.isEnding() && known.status() == 499 ? drain.refusal() : known;
        }
        LOG.errorf(failure, "request %s failed inside the gateway", exchange.id());
        return new SignalboxException(
                500, "internal_error", "the gateway failed; its log has request " + exchange.id(), null);
    }
}
