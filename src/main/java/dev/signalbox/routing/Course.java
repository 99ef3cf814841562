package dev.signalbox.routing;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.chat.Attempt;
import dev.signalbox.chat.CallerGone;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Reply;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.chat.Trail;
import dev.signalbox.ledger.Intent;
import dev.signalbox.ledger.Ledger;
import dev.signalbox.telemetry.Meters;
import dev.signalbox.tokens.TokenEstimate;
import dev.signalbox.upstream.Call;
import dev.signalbox.upstream.Deployment;
import dev.signalbox.upstream.DeploymentModel.Prepared;
import dev.signalbox.upstream.Failures;
import dev.signalbox.upstream.Fleet;
import dev.signalbox.upstream.Inexpressible;
import dev.signalbox.upstream.UpstreamFailure;
import dev.signalbox.upstream.UpstreamFailure.Kind;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One exchange's way along its {@link Plan}: attempt after attempt, until one answers or none is left. Nobody is tried
 * twice but for retries; nothing is retried once the caller has heard something.
 */
final class Course {

    private static final Logger LOG = Logger.getLogger(Course.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final Duration REST_AFTER_429 = Duration.ofSeconds(5);
    /** An upstream that refuses and wants to be asked again at once is not hammered. */
    private static final Duration SHORTEST_REST = Duration.ofSeconds(1);

    private static final Duration REST_WITHOUT_MONEY = Duration.ofMinutes(10);
    private static final Duration REST_WHEN_REJECTED = Duration.ofMinutes(1);
    private static final Duration WORTH_WAITING_FOR = Duration.ofMillis(500);

    private final Plan plan;
    private final Exchange exchange;
    private final Trail trail;
    private final Reply reply;
    private final Fleet fleet;
    private final Ledger ledger;
    private final Meters meters;
    private final Vertx vertx;
    private final RetryBudget budget;
    private final List<Deployment> waiting = new ArrayList<>(4);
    private final List<String> known = new ArrayList<>(4);
    private final List<Unsaid> unsaid = new ArrayList<>(0);
    private @Nullable InvalidRequest refusal;
    private @Nullable Duration soonest;
    private @Nullable Deployment last;
    private @Nullable UpstreamFailure lastFailure;
    private boolean triedTheUnhealthy;
    private boolean intended;

    Course(
            Plan plan,
            Exchange exchange,
            Reply reply,
            Fleet fleet,
            Ledger ledger,
            Meters meters,
            Vertx vertx,
            RetryBudget budget) {
        this.plan = plan;
        this.exchange = exchange;
        this.trail = exchange.trail();
        this.reply = reply;
        this.fleet = fleet;
        this.ledger = ledger;
        this.meters = meters;
        this.vertx = vertx;
        this.budget = budget;
        wait(plan.candidates());
    }

    private void wait(List<DeploymentEntry> candidates) {
        for (DeploymentEntry candidate : candidates) {
            Deployment deployment = fleet.deployment(candidate);
            if (!known.contains(deployment.id())) {
                known.add(deployment.id());
                waiting.add(deployment);
            }
        }
    }

    Uni<Void> run() {
        trail.routed(plan.strategy(), System.nanoTime());
        budget.requested();
        return next();
    }

    private Uni<Void> next() {
        Deployment candidate = pick();
        if (candidate == null) {
            return exhausted();
        }
        Prepared prepared;
        try {
            prepared = candidate.model().prepare(exchange);
        } catch (Inexpressible e) {
            unsaid.addAll(e.unsaid());
            return next();
        } catch (InvalidRequest e) {
            // what one language demands, or cannot read, another may take as it is
            refusal = refusal == null ? e : refusal;
            return next();
        }
        if (last != null && lastFailure != null) {
            meters.fellBack(last.label(), candidate.label(), lastFailure.kind().code());
        }
        last = candidate;
        return attempt(candidate, prepared, retries(candidate), 0);
    }

    private int retries(Deployment candidate) {
        Integer asked = exchange.controls().retries();
        return asked == null ? candidate.provider().maxRetries() : asked;
    }

    /** The first that is healthy and does not rest; when there is none, once, the least unhealthy. */
    private @Nullable Deployment pick() {
        Deployment leastUnhealthy = null;
        for (Deployment candidate : waiting) {
            OptionalLong resting = candidate.resting();
            if (resting.isPresent()) {
                comeBackIn(Duration.ofNanos(resting.getAsLong()));
            } else if (candidate.isHealthy()) {
                waiting.remove(candidate);
                return candidate;
            } else if (leastUnhealthy == null || candidate.failureRate() < leastUnhealthy.failureRate()) {
                leastUnhealthy = candidate;
            }
        }
        if (leastUnhealthy == null || triedTheUnhealthy) {
            return null;
        }
        triedTheUnhealthy = true;
        waiting.remove(leastUnhealthy);
        return leastUnhealthy;
    }

    private void comeBackIn(@Nullable Duration wait) {
        if (wait != null && (soonest == null || wait.compareTo(soonest) < 0)) {
            soonest = wait;
        }
    }

    private Uni<Void> attempt(Deployment candidate, Prepared prepared, int retriesLeft, int retried) {
        if (exchange.cancellation().isCancelled()) {
            return Uni.createFrom().failure(new CallerGone());
        }
        String credential = candidate.credentials().next();
        if (credential == null) {
            candidate.resting().ifPresent(nanos -> comeBackIn(Duration.ofNanos(nanos)));
            return next();
        }
        intend(candidate);
        var call = new Call(exchange, candidate.served(), prepared, credential);
        long begun = System.nanoTime();
        return candidate
                .ask(call, new FirstToken(exchange, reply), !candidate.isHealthy())
                .onItemOrFailure()
                .transformToUni((_, thrown) -> {
                    if (thrown == null) {
                        ended(candidate, begun, 200, null);
                        return Uni.createFrom().voidItem();
                    }
                    if (thrown instanceof CircuitBreakerOpenException) {
                        return next();
                    }
                    UpstreamFailure failure = Failures.of(thrown);
                    ended(candidate, begun, failure.status(), failure.kind());
                    return after(failure, candidate, prepared, credential, retriesLeft, retried);
                });
    }

    private void intend(Deployment candidate) {
        if (intended) {
            return;
        }
        intended = true;
        var body = exchange.body();
        var caller = exchange.caller();
        ledger.intend(new Intent(
                exchange.id(),
                exchange.time(),
                trail.model(),
                candidate.served().provider(),
                candidate.id(),
                caller.keyId(),
                caller.keyName(),
                caller.team(),
                exchange.user(),
                exchange.controls().tags(),
                plan.strategy(),
                exchange.stream(),
                body == null ? 0 : TokenEstimate.ofLength(body.bytes().length),
                candidate.served().price()));
    }

    private void ended(Deployment candidate, long begun, @Nullable Integer status, @Nullable Kind kind) {
        long now = System.nanoTime();
        String outcome = kind == null ? "ok" : kind.code();
        trail.ended(
                new Attempt(
                        candidate.served().provider(),
                        candidate.served().model(),
                        status,
                        kind == null ? null : kind.code(),
                        (now - begun) / 1_000_000),
                now);
        meters.attempted(candidate.provider().name(), candidate.label(), outcome);
    }

    private Uni<Void> after(
            UpstreamFailure failure,
            Deployment candidate,
            Prepared prepared,
            String credential,
            int retriesLeft,
            int retried) {
        lastFailure = failure;
        Kind kind = failure.kind();
        if (kind.isOfTheCredential()) {
            Duration rest = rest(failure);
            if (kind != Kind.RATE_LIMITED) {
                LOG.warnf(
                        "provider %s: a credential is of no use (%s, HTTP %s) and rests for %d s; see its account or api-keys",
                        candidate.provider().name(), kind.code(), failure.status(), rest.toSeconds());
            }
            candidate.credentials().rest(credential, rest);
            if (candidate.resting().isEmpty()) {
                return attempt(candidate, prepared, retriesLeft, retried);
            }
            comeBackIn(rest);
            return next();
        }
        if (kind.isWorthRetrying() && retriesLeft > 0) {
            Duration pause = pause(failure, retried);
            if (fits(pause) && budget.take()) {
                return paused(pause).chain(() -> attempt(candidate, prepared, retriesLeft - 1, retried + 1));
            }
        }
        if (kind.goesOn()) {
            comeBackIn(failure.retryAfter());
            return next();
        }
        List<String> secrets = candidate.secrets(credential);
        return switch (kind) {
            case CONTEXT_TOO_LONG -> elsewhere(plan.contextFallbacks(), failure, secrets, "context_length_exceeded");
            case CONTENT_FILTERED -> elsewhere(plan.contentFallbacks(), failure, secrets, "content_filtered");
            default -> Uni.createFrom().failure(Told.of(failure, exchange, secrets));
        };
    }

    private static Duration rest(UpstreamFailure failure) {
        Duration asked = failure.retryAfter();
        Duration rest = switch (failure.kind()) {
            case QUOTA_EXHAUSTED -> asked == null ? REST_WITHOUT_MONEY : asked;
            case CREDENTIAL_REJECTED -> REST_WHEN_REJECTED;
            default -> asked == null ? REST_AFTER_429 : asked;
        };
        return rest.compareTo(SHORTEST_REST) < 0 ? SHORTEST_REST : rest;
    }

    /** Full jitter: anything from nothing to the exponential bound; never less than the upstream asks for. */
    private static Duration pause(UpstreamFailure failure, int retried) {
        Duration asked = failure.retryAfter();
        if (asked != null) {
            return asked;
        }
        long bound = Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(retried, 10));
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(bound + 1));
    }

    private boolean fits(Duration pause) {
        Duration timeout = exchange.controls().timeout();
        long left = timeout == null ? Long.MAX_VALUE : exchange.startNanos() + timeout.toNanos() - System.nanoTime();
        return pause.toNanos() < left && pause.compareTo(LONGEST_PAUSE) <= 0;
    }

    private Uni<Void> paused(Duration pause) {
        return Uni.createFrom().emitter(e -> vertx.setTimer(Math.max(1, pause.toMillis()), _ -> e.complete(null)));
    }

    private Uni<Void> elsewhere(
            List<DeploymentEntry> others, UpstreamFailure failure, List<String> secrets, String code) {
        waiting.clear();
        wait(others);
        return waiting.isEmpty() ? Uni.createFrom().failure(Told.refusal(failure, exchange, secrets, code)) : next();
    }

    private Uni<Void> exhausted() {
        boolean nobodyCould = trail.attempts().isEmpty() && waiting.isEmpty();
        if (nobodyCould && refusal != null) {
            return Uni.createFrom().failure(refusal);
        }
        if (nobodyCould && !unsaid.isEmpty()) {
            return Uni.createFrom().failure(unsupported());
        }
        var failure = new AllProvidersExhausted(Told.summary(trail.attempts()), trail.attempts(), soonest);
        Duration wait = soonest;
        if (trail.attempts().isEmpty() && wait != null && wait.compareTo(WORTH_WAITING_FOR) <= 0 && fits(wait)) {
            return paused(wait).chain(() -> Uni.createFrom().failure(new AllProvidersExhausted.RestIsOver(failure)));
        }
        return Uni.createFrom().failure(failure);
    }

    private SignalboxException unsupported() {
        Unsaid first = unsaid.getFirst();
        List<String> paths = unsaid.stream().map(Unsaid::path).distinct().toList();
        return new SignalboxException(
                400,
                "unsupported_parameter",
                "'" + String.join("', '", paths) + "' cannot be expressed by any candidate: " + first.path() + " "
                        + first.reason(),
                first.path());
    }
}
