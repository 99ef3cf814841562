package dev.signalbox.routing;

import dev.signalbox.chat.Attempt;
import dev.signalbox.chat.CallerGone;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Price;
import dev.signalbox.chat.Reply;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.chat.Tariff;
import dev.signalbox.chat.Trail;
import dev.signalbox.fetch.Fetcher;
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
import java.util.List;
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
    private final Ledger ledger;
    private final Meters meters;
    private final Vertx vertx;
    private final RetryBudget budget;
    private final Fetcher fetcher;
    private final Candidates candidates;
    private @Nullable InvalidRequest unfetched;
    private @Nullable Deployment last;
    private @Nullable UpstreamFailure lastFailure;
    private boolean intended;

    Course(
            Plan plan,
            Exchange exchange,
            Reply reply,
            Fleet fleet,
            Ledger ledger,
            Meters meters,
            Vertx vertx,
            RetryBudget budget,
            Fetcher fetcher) {
        this.plan = plan;
        this.exchange = exchange;
        this.trail = exchange.trail();
        this.reply = reply;
        this.ledger = ledger;
        this.meters = meters;
        this.vertx = vertx;
        this.budget = budget;
        this.fetcher = fetcher;
        this.candidates = new Candidates(plan, exchange, fleet);
    }

    Uni<Void> run() {
        trail.routed(plan.strategy(), System.nanoTime());
        budget.requested();
        return next();
    }

    private Uni<Void> next() {
        Deployment candidate = candidates.next();
        return candidate == null ? exhausted() : prepared(candidate);
    }

    private Uni<Void> prepared(Deployment candidate) {
        Prepared prepared;
        try {
            prepared = candidate.model().prepare(exchange);
        } catch (Inexpressible e) {
            return inexpressible(candidate, e.unsaid());
        } catch (InvalidRequest e) {
            // what one language demands, or cannot read, another may take as it is
            candidates.refused(e);
            return next();
        }
        if (last != null && lastFailure != null) {
            meters.fellBack(last.label(), candidate.label(), lastFailure.kind().code());
        }
        last = candidate;
        return attempt(candidate, prepared, retries(candidate), 0);
    }

    /** What a language takes as bytes only is fetched, once for all candidates, and said again. */
    private Uni<Void> inexpressible(Deployment candidate, List<Unsaid> unsaid) {
        if (!fetcher.canHelp(exchange, unsaid)) {
            candidates.cannotSay(fetcher.isEnabled() ? unsaid : fetcherIsOff(unsaid));
            return next();
        }
        if (unfetched != null) {
            return next();
        }
        return fetcher.fetch(exchange, unsaid).onItemOrFailure().transformToUni((_, failure) -> {
            if (failure == null) {
                return prepared(candidate);
            }
            if (failure instanceof InvalidRequest why) {
                unfetched = why;
                candidates.refused(why);
                return next();
            }
            return Uni.createFrom().failure(failure);
        });
    }

    private static List<Unsaid> fetcherIsOff(List<Unsaid> unsaid) {
        return unsaid.stream()
                .map(part -> part.url() == null
                        ? part
                        : Unsaid.bytesOnly(
                                part.path(),
                                part.reason() + ", and fetching is off (signalbox.fetch.enabled)",
                                part.url()))
                .toList();
    }

    private int retries(Deployment candidate) {
        Integer asked = exchange.controls().retries();
        return asked == null ? candidate.provider().maxRetries() : asked;
    }

    private Uni<Void> attempt(Deployment candidate, Prepared prepared, int retriesLeft, int retried) {
        if (exchange.cancellation().isCancelled()) {
            return Uni.createFrom().failure(new CallerGone());
        }
        String credential = candidate.credentials().next();
        if (credential == null) {
            candidate.resting().ifPresent(nanos -> candidates.comeBackIn(Duration.ofNanos(nanos)));
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
        long prompt = body == null ? 0 : TokenEstimate.ofLength(body.bytes().length);
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
                prompt,
                price(candidate, prompt)));
    }

    private @Nullable Price price(Deployment candidate, long promptTokens) {
        Tariff tariff = candidate.served().tariff();
        return tariff == null ? null : tariff.at(exchange.time(), promptTokens);
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
            candidates.comeBackIn(rest);
            return next();
        }
        if (kind.isWorthRetrying() && retriesLeft > 0) {
            Duration pause = pause(failure, retried);
            if (fits(pause) && budget.take()) {
                return paused(pause).chain(() -> attempt(candidate, prepared, retriesLeft - 1, retried + 1));
            }
        }
        if (kind.goesOn()) {
            candidates.comeBackIn(failure.retryAfter());
            return next();
        }
        List<String> secrets = candidate.secrets(credential);
        return switch (kind) {
            case CONTEXT_TOO_LONG ->
                elsewhere(candidates.wasTooLongFor(candidate), failure, secrets, "context_length_exceeded");
            case CONTENT_FILTERED -> elsewhere(candidates.wasFiltered(), failure, secrets, "content_filtered");
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

    private Uni<Void> elsewhere(boolean somebody, UpstreamFailure failure, List<String> secrets, String code) {
        return somebody ? next() : Uni.createFrom().failure(Told.refusal(failure, exchange, secrets, code));
    }

    private Uni<Void> exhausted() {
        SignalboxException impossible = trail.attempts().isEmpty() ? candidates.impossible() : null;
        if (impossible != null) {
            return Uni.createFrom().failure(impossible);
        }
        Duration wait = candidates.soonest();
        var failure = new AllProvidersExhausted(Told.summary(trail.attempts()), trail.attempts(), wait);
        if (trail.attempts().isEmpty() && wait != null && wait.compareTo(WORTH_WAITING_FOR) <= 0 && fits(wait)) {
            return paused(wait).chain(() -> Uni.createFrom().failure(new AllProvidersExhausted.RestIsOver(failure)));
        }
        return Uni.createFrom().failure(failure);
    }
}
