package dev.signalbox.routing;

import dev.signalbox.chat.CallerGone;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.upstream.Deployment;
import dev.signalbox.upstream.DeploymentModel.Prepared;
import dev.signalbox.upstream.Inexpressible;
import dev.signalbox.upstream.UpstreamFailure;
import dev.signalbox.upstream.UpstreamFailure.Kind;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Attempt after attempt, until one answers or no candidate is left. Nobody is tried twice but for retries; nothing is retried
 * once the caller has heard something.
 */
final class Lane {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final Course course;
    private final Exchange exchange;
    private final Candidates candidates;
    private final boolean isSecond;
    private int credentialsLeft;
    private @Nullable InvalidRequest unfetched;
    private @Nullable Deployment last;
    private @Nullable UpstreamFailure lastFailure;

    /** The rest is left to another lane. */
    static final class GaveWay extends RuntimeException {

        private static final long serialVersionUID = 1;

        GaveWay() {
            super("another attempt goes on", null, false, false);
        }
    }

    /** @param isSecond whether it was begun beside another that was silent for too long */
    Lane(Course course, boolean isSecond) {
        this.course = course;
        this.isSecond = isSecond;
        this.exchange = course.exchange();
        this.candidates = course.candidates();
    }

    /** Asks the next candidate. */
    Uni<Void> next() {
        if (course.othersRun(this) && last != null) {
            return Uni.createFrom().failure(new GaveWay());
        }
        Standing candidate = candidates.next();
        if (candidate != null) {
            return prepared(candidate);
        }
        return course.othersRun(this) ? Uni.createFrom().failure(new GaveWay()) : course.exhausted();
    }

    private Uni<Void> prepared(Standing candidate) {
        Deployment deployment = candidate.deployment();
        Prepared prepared;
        try {
            prepared = deployment.model().prepare(course.asked());
        } catch (Inexpressible e) {
            return inexpressible(candidate, e.unsaid());
        } catch (InvalidRequest e) {
            // what one language demands, or cannot read, another may take as it is
            candidates.excluded().refused(deployment.entry(), e);
            return next();
        }
        if (last != null && lastFailure != null) {
            course.tools()
                    .meters()
                    .fellBack(
                            last.label(), deployment.label(), lastFailure.kind().code());
        }
        last = deployment;
        credentialsLeft = deployment.credentials().count();
        course.attempted(candidate);
        return attempt(candidate, prepared, retries(deployment), 0);
    }

    /** What a language takes as bytes only is fetched, once for all candidates, and said again. */
    private Uni<Void> inexpressible(Standing candidate, List<Unsaid> unsaid) {
        var fetcher = course.tools().fetcher();
        var entry = candidate.deployment().entry();
        if (!fetcher.canHelp(exchange, unsaid)) {
            candidates.excluded().cannotSay(entry, fetcher.isEnabled() ? unsaid : fetcherIsOff(unsaid));
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
                candidates.excluded().refused(entry, why);
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

    private Uni<Void> attempt(Standing candidate, Prepared prepared, int retriesLeft, int retried) {
        RuntimeException pointless = pointless();
        if (pointless != null) {
            return Uni.createFrom().failure(pointless);
        }
        var attempt = new Trial(course, this, candidate, prepared);
        return attempt.run().chain(end -> switch (end) {
            case Trial.End.NOT_BEGUN -> next();
            case Trial.End.ANSWERED -> answered(attempt);
            case Trial.End.FAILED -> after(attempt, retriesLeft, retried);
        });
    }

    /** Why nobody is asked any more, after whatever was waited for; null while somebody may be. */
    @Nullable RuntimeException pointless() {
        if (exchange.cancellation().isCancelled()) {
            return new CallerGone();
        }
        return course.isDoneWithout(this) ? new GaveWay() : null;
    }

    private Uni<Void> answered(Trial attempt) {
        Kind why = attempt.ear().heldBackFor();
        if (why == null) {
            course.letGo();
            return Uni.createFrom().voidItem();
        }
        lastFailure = new UpstreamFailure(why, "the answer is whole, and yet another one is asked for");
        course.keep((FirstToken) attempt.ear());
        if (why == Kind.CONTENT_FILTERED) {
            candidates.wasFiltered(attempt.candidate());
        } else {
            candidates.wasFlawed(attempt.candidate());
        }
        return next();
    }

    private Uni<Void> after(Trial attempt, int retriesLeft, int retried) {
        UpstreamFailure failure = attempt.failure();
        Standing candidate = attempt.candidate();
        lastFailure = failure;
        Kind kind = failure.kind();
        if (kind == Kind.SUPERSEDED) {
            candidates.mayGoOn(candidate);
            return Uni.createFrom().failure(new GaveWay());
        }
        if (kind.isOfTheCredential()) {
            boolean another = attempt.restsAlone() && --credentialsLeft > 0;
            return another ? attempt(candidate, attempt.prepared(), retriesLeft, retried) : next();
        }
        if (isSecond && course.othersRun(this)) {
            if (kind == Kind.INVALID_REQUEST) {
                course.refused(Told.of(failure, exchange, attempt.secrets()));
            }
            return Uni.createFrom().failure(new GaveWay()); // who was asked first is waited for as if it were alone
        }
        if (kind.isWorthRetrying() && retriesLeft > 0 && !course.othersRun(this) && !course.isGoneOn()) {
            Duration pause = pause(failure, retried);
            boolean fits = pause.compareTo(LONGEST_PAUSE) <= 0 && course.fits(pause);
            if (fits && course.tools().retries().take()) {
                return course.paused(pause)
                        .chain(() -> attempt(candidate, attempt.prepared(), retriesLeft - 1, retried + 1));
            }
        }
        if (kind.goesOn()) {
            candidates.excluded().comeBackIn(failure.retryAfter());
            return next();
        }
        return last(attempt, failure);
    }

    /** Nobody is asked the same again. */
    private Uni<Void> last(Trial attempt, UpstreamFailure failure) {
        List<String> secrets = attempt.secrets();
        boolean ends = failure.kind() == Kind.CALLER_GONE || failure.kind() == Kind.OUT_OF_TIME;
        if (course.isGoneOn() && !ends && !attempt.brokeOff()) {
            return next(); // whatever it has against going on, the caller's request is not to blame
        }
        boolean isKept = course.keepsOne() && failure.kind() != Kind.CALLER_GONE && !attempt.brokeOff();
        if (isKept) {
            return ends ? course.exhausted() : next(); // the request was answered already, if not well
        }
        course.letGo();
        return switch (failure.kind()) {
            case STREAM_BROKEN -> brokeOff(Told.of(failure, exchange, secrets));
            case CONTEXT_TOO_LONG ->
                elsewhere(candidates.wasTooLongFor(attempt.candidate()), failure, secrets, "context_length_exceeded");
            case CONTENT_FILTERED ->
                elsewhere(candidates.wasFiltered(attempt.candidate()), failure, secrets, "content_filtered");
            default -> Uni.createFrom().failure(Told.of(failure, exchange, secrets));
        };
    }

    private Uni<Void> brokeOff(SignalboxException told) {
        if (course.isWhole()) {
            return Uni.createFrom().voidItem();
        }
        return course.broke(told) ? next() : Uni.createFrom().failure(told);
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

    private Uni<Void> elsewhere(boolean somebody, UpstreamFailure failure, List<String> secrets, String code) {
        SignalboxException told = Told.refusal(failure, exchange, secrets, code);
        course.refused(told);
        return somebody || course.othersRun(this) ? next() : Uni.createFrom().failure(told);
    }
}
