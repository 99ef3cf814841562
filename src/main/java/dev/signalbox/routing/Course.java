package dev.signalbox.routing;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Price;
import dev.signalbox.chat.Reply;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.chat.Tariff;
import dev.signalbox.chat.Trail;
import dev.signalbox.chat.Usage;
import dev.signalbox.fetch.Fetcher;
import dev.signalbox.ledger.Intent;
import dev.signalbox.ledger.Ledger;
import dev.signalbox.limits.money.Treasury;
import dev.signalbox.telemetry.Meters;
import dev.signalbox.tokens.TokenEstimate;
import dev.signalbox.upstream.Call;
import dev.signalbox.upstream.UpstreamFailure.Kind;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One exchange's way along its {@link Plan}: usually one {@link Lane} of attempts, until one answers or none is left; with a
 * hedge a second lane, when the first has been silent for too long.
 */
final class Course {

    private static final Duration WORTH_WAITING_FOR = Duration.ofMillis(500);

    private final Plan plan;
    private final Exchange exchange;
    private final Trail trail;
    private final Reply reply;
    private final @Nullable Transcript transcript;
    private final Tools tools;
    private final Experience experience;
    private final Candidates candidates;
    private final Race race = new Race();
    private @Nullable UniEmitter<? super Void> emitter;
    private final List<Lane> lanes = new ArrayList<>(0);
    private @Nullable Resumption resumption;
    private @Nullable SignalboxException broken;
    private @Nullable FirstToken kept;
    private @Nullable SignalboxException refusal;
    private boolean hedged;
    private boolean intended;
    private boolean over;

    /** What every course needs beside its exchange. */
    @Singleton
    record Tools(
            Roster roster,
            Ledger ledger,
            Meters meters,
            Vertx vertx,
            RetryBudget retries,
            Fetcher fetcher,
            Treasury treasury) {}

    Course(Plan plan, Exchange exchange, Reply reply, Tools tools) {
        this.plan = plan;
        this.exchange = exchange;
        this.trail = exchange.trail();
        this.transcript = plan.model().resumesStreams() && exchange.stream() ? new Transcript(reply) : null;
        this.reply = transcript == null ? reply : transcript;
        this.tools = tools;
        this.experience = tools.roster().of(plan.model().name());
        this.candidates = new Candidates(plan, exchange, tools.roster());
    }

    Uni<Void> run() {
        trail.routed(plan.strategyName(), System.nanoTime());
        trail.selected(candidates::selection);
        tools.retries().requested();
        boolean hedges = plan.model().hedge() != null && exchange.operation().isTalk();
        return hedges ? raced() : new Lane(this, false).next();
    }

    /** Two lanes at most; the first success is the exchange's, and so is the failure of the last that fails. */
    private Uni<Void> raced() {
        experience.hedges().requested(weight());
        return Uni.createFrom().emitter(e -> {
            emitter = e;
            begin(new Lane(this, false));
        });
    }

    private void begin(Lane lane) {
        lanes.add(lane);
        Uni.createFrom().deferred(lane::next).subscribe().with(_ -> end(lane, null), failure -> end(lane, failure));
    }

    private void end(Lane lane, @Nullable Throwable failure) {
        lanes.remove(lane);
        UniEmitter<? super Void> waiting = emitter;
        if (over || waiting == null || failure instanceof Lane.GaveWay) {
            return;
        }
        over = true;
        if (failure == null) {
            waiting.complete(null);
        } else {
            race.stop();
            waiting.fail(failure);
        }
    }

    /** An attempt begins: when it is the first of a hedged exchange, and stays silent, a second one is made beside it. */
    void attempted(Standing first) {
        var hedge = plan.model().hedge();
        if (hedge == null || emitter == null || hedged) {
            return;
        }
        Duration after = hedge.after() == null ? first.statistics().p95(exchange.stream()) : hedge.after();
        hedged = true;
        if (after != null) {
            tools.vertx().setTimer(Math.max(1, after.toMillis()), _ -> hedge(hedge.maxExtraSpend()));
        }
    }

    private void hedge(double share) {
        boolean wanted = !over
                && lanes.size() == 1
                && !race.isWon()
                && !exchange.cancellation().isCancelled();
        if (wanted && candidates.hasNext() && experience.hedges().take(weight(), share)) {
            tools.meters().hedged(label());
            begin(new Lane(this, true));
        }
    }

    /** What one attempt costs, about, for the sake of comparison: its prompt. */
    private long weight() {
        return 1 + promptEstimate();
    }

    /** An attempt was cut short, since another was faster: its prompt has to be paid for all the same. */
    void lost(Trail.Served served) {
        trail.spent(served, null);
        long prompt = promptEstimate();
        Price price = price(served.tariff(), prompt);
        if (price != null) {
            tools.meters().hedgeCost(label(), price.of(new Usage(prompt, 0, 0, 0, 0)));
        }
    }

    private String label() {
        return trail.isConfigured() ? plan.model().name() : Meters.OTHER;
    }

    /** Whether a lane that fails can leave the rest to another. */
    boolean othersRun(Lane lane) {
        return lanes.stream().anyMatch(other -> !other.equals(lane) && !race.isLostBy(other));
    }

    /** Whether nobody waits any more for what a lane could bring. */
    boolean isDoneWithout(Lane lane) {
        return over || race.isLostBy(lane);
    }

    /** Before the first attempt the ledger is told, so that the request is not lost with the process. */
    void intend(Standing standing) {
        if (intended) {
            return;
        }
        intended = true;
        var caller = exchange.caller();
        Trail.Served served = standing.deployment().served();
        long prompt = promptEstimate();
        tools.ledger()
                .intend(new Intent(
                        exchange.id(),
                        exchange.time(),
                        trail.model(),
                        served.provider(),
                        standing.id(),
                        caller.keyId(),
                        caller.keyName(),
                        caller.team(),
                        exchange.user(),
                        exchange.controls().tags(),
                        plan.strategyName(),
                        exchange.stream(),
                        prompt,
                        price(served.tariff(), prompt)));
    }

    private long promptEstimate() {
        var body = exchange.body();
        return body == null ? 0 : TokenEstimate.ofLength(body.bytes().length);
    }

    private @Nullable Price price(@Nullable Tariff tariff, long promptTokens) {
        return tariff == null ? null : tariff.at(exchange.time(), promptTokens);
    }

    /**
     * The stream broke after the caller had heard something.
     *
     * @param failure what the caller is told when nobody goes on with it
     * @return whether somebody may
     */
    boolean broke(SignalboxException failure) {
        if (transcript == null) {
            return false;
        }
        broken = failure;
        resumption = Resumption.of(exchange, transcript);
        return resumption != null;
    }

    /** Whether the model had said all that it wanted when its stream broke. */
    boolean isWhole() {
        return transcript != null && Resumption.isWhole(transcript);
    }

    /** Whether somebody is to go on with an answer that broke off. */
    boolean isGoneOn() {
        return resumption != null;
    }

    /** What the next one is asked. */
    Exchange asked() {
        return resumption == null ? exchange : resumption.exchange();
    }

    /** Where the events of the next attempt go. */
    Ear ear(Call call) {
        return resumption == null ? new FirstToken(exchange, reply, race, call, this::judge) : resumption.leg();
    }

    /** Why an answer is not what the caller is to hear while somebody else may do better; null: it is. */
    private @Nullable Kind judge(List<ChatEvent> whole) {
        boolean mayBeFiltered = !plan.contentFallbacks().isEmpty();
        boolean mayBeFlawed = !plan.model().fallbacks().flaws().isEmpty();
        if (!(mayBeFiltered || mayBeFlawed) || !exchange.operation().isTalk()) {
            return null;
        }
        Transcript answer = Transcript.of(whole, exchange.stream(), reply);
        if (mayBeFiltered && Flaws.isWithheld(answer)) {
            return Kind.CONTENT_FILTERED;
        }
        return mayBeFlawed && isFlawed(answer) ? Kind.FLAWED : null;
    }

    /** Of a stream nothing was heard yet only when there was nothing to be heard. */
    private boolean isFlawed(Transcript answer) {
        Set<String> unwanted = plan.model().fallbacks().flaws();
        if (exchange.stream()) {
            return unwanted.contains(Flaws.EMPTY.code());
        }
        try {
            return Flaws.of(exchange.prompt(), answer).stream().anyMatch(flaw -> unwanted.contains(flaw.code()));
        } catch (SignalboxException unreadable) {
            return false; // whoever answered could read what was asked, and nobody here can judge
        }
    }

    /** An answer that is not as it should be is better than none; the first of them is kept. */
    void keep(FirstToken flawed) {
        if (kept == null) {
            kept = flawed;
        } else {
            trail.spent(flawed.served(), flawed.usage());
        }
    }

    /** Whether there is an answer that is better than none. */
    boolean keepsOne() {
        return kept != null;
    }

    /** The caller hears of somebody else, or of nobody: an answer that was kept has to be paid all the same. */
    void letGo() {
        FirstToken flawed = kept;
        kept = null;
        if (flawed != null) {
            trail.spent(flawed.served(), flawed.usage());
        }
    }

    /** What the caller is told when nobody answers what a vendor refused. */
    void refused(SignalboxException told) {
        refusal = told;
    }

    /** A policy is one whoever else fails; a prompt is too long when the last to be asked said so and nobody else was left. */
    private @Nullable SignalboxException refusal() {
        SignalboxException told = refusal;
        if (told == null || !told.code().equals("context_length_exceeded")) {
            return told;
        }
        boolean last =
                Kind.CONTEXT_TOO_LONG.code().equals(trail.attempts().getLast().error());
        return last && !candidates.excluded().isSomebodyUnavailable() ? told : null;
    }

    /** Nobody is left. */
    Uni<Void> exhausted() {
        SignalboxException told = broken;
        if (told != null) {
            letGo();
            return Uni.createFrom().failure(withAllAttempts(told));
        }
        FirstToken flawed = kept;
        if (flawed != null) {
            flawed.release();
            flawed.flush();
            return Uni.createFrom().voidItem();
        }
        SignalboxException refused = refusal();
        if (refused != null) {
            return Uni.createFrom().failure(refused);
        }
        SignalboxException impossible = trail.attempts().isEmpty() ? candidates.impossible() : null;
        if (impossible != null) {
            return Uni.createFrom().failure(impossible);
        }
        if (!fits(Duration.ZERO)) {
            return Uni.createFrom()
                    .failure(new SignalboxException(
                            504,
                            "timeout",
                            "the time that the request asked for is used up",
                            null,
                            trail.attempts(),
                            null));
        }
        Duration wait = candidates.excluded().soonest();
        var failure = new AllProvidersExhausted(Told.summary(trail.attempts()), trail.attempts(), wait);
        if (trail.attempts().isEmpty() && wait != null && wait.compareTo(WORTH_WAITING_FOR) <= 0 && fits(wait)) {
            return paused(wait).chain(() -> Uni.createFrom().failure(new AllProvidersExhausted.RestIsOver(failure)));
        }
        return Uni.createFrom().failure(failure);
    }

    /** What is told of a stream that nobody went on with, the attempts at that included. */
    private SignalboxException withAllAttempts(SignalboxException told) {
        return new SignalboxException(
                told.status(), told.code(), told.message(), told.param(), trail.attempts(), told.retryAfter());
    }

    /** Whether a pause leaves time for something. */
    boolean fits(Duration pause) {
        Duration timeout = exchange.controls().timeout();
        return timeout == null || pause.toNanos() < exchange.startNanos() + timeout.toNanos() - System.nanoTime();
    }

    /** The earlier of that moment and the end of the request's own time, by the monotonic clock. */
    long deadline(long nanos) {
        Duration timeout = exchange.controls().timeout();
        if (timeout == null) {
            return nanos;
        }
        long own = exchange.startNanos() + timeout.toNanos();
        return own - nanos < 0 ? own : nanos;
    }

    /** Ends after the pause. */
    Uni<Void> paused(Duration pause) {
        return Uni.createFrom()
                .emitter(e -> tools.vertx().setTimer(Math.max(1, pause.toMillis()), _ -> e.complete(null)));
    }

    Plan plan() {
        return plan;
    }

    Exchange exchange() {
        return exchange;
    }

    Reply reply() {
        return reply;
    }

    Tools tools() {
        return tools;
    }

    Experience experience() {
        return experience;
    }

    Candidates candidates() {
        return candidates;
    }

    Race race() {
        return race;
    }
}
