package dev.signalbox.routing;

import dev.signalbox.chat.Attempt;
import dev.signalbox.chat.Claim;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Trail;
import dev.signalbox.chat.Usage;
import dev.signalbox.limits.NoPlace;
import dev.signalbox.limits.Place;
import dev.signalbox.limits.ProviderLimits;
import dev.signalbox.limits.Taken;
import dev.signalbox.limits.money.Decision;
import dev.signalbox.limits.money.Treasury.Attempted;
import dev.signalbox.upstream.Call;
import dev.signalbox.upstream.Deployment;
import dev.signalbox.upstream.DeploymentModel.Prepared;
import dev.signalbox.upstream.Failures;
import dev.signalbox.upstream.UpstreamFailure;
import dev.signalbox.upstream.UpstreamFailure.Kind;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One attempt at one deployment: let in by its provider's limits, made, and remembered. */
final class Trial {

    private static final Logger LOG = Logger.getLogger(Trial.class);

    private final Course course;
    private final Lane lane;
    private final Exchange exchange;
    private final Candidates candidates;
    private final Standing candidate;
    private final Prepared prepared;
    private @Nullable Place place;
    private @Nullable Taken taken;
    private @Nullable Claim claim;
    private @Nullable String credential;
    private @Nullable Ear ear;
    private @Nullable UpstreamFailure failure;

    /** How an attempt ended. */
    enum End {
        /** It was not made: its provider has no room, or its circuit does not let it pass. */
        NOT_BEGUN,
        ANSWERED,
        FAILED
    }

    Trial(Course course, Lane lane, Standing candidate, Prepared prepared) {
        this.course = course;
        this.lane = lane;
        this.exchange = course.exchange();
        this.candidates = course.candidates();
        this.candidate = candidate;
        this.prepared = prepared;
    }

    Uni<End> run() {
        ProviderLimits limits = candidate.limits();
        place = limits.tryEnter();
        if (place != null) {
            return entered();
        }
        candidate.statistics().queued();
        return limits.enter(course.plan().question().client(), patience(), exchange.cancellation())
                .onItemOrFailure()
                .transformToUni((entered, refused) -> {
                    candidate.statistics().unqueued();
                    place = entered;
                    if (entered != null) {
                        return entered();
                    }
                    if (refused instanceof NoPlace) {
                        candidates.excluded().busy(candidate.deployment().entry(), refused.getMessage());
                        return notBegun();
                    }
                    return Uni.createFrom().failure(refused);
                });
    }

    /** Until when a call waits for a place: as long as it would for a first token. */
    private long patience() {
        var provider = candidate.deployment().provider();
        return course.deadline(System.nanoTime() + provider.firstTokenTimeout().toNanos());
    }

    private Uni<End> notBegun() {
        leave();
        if (taken != null) {
            taken.giveBack();
        }
        if (claim != null) {
            claim.giveBack();
        }
        return Uni.createFrom().item(End.NOT_BEGUN);
    }

    private void leave() {
        if (place != null) {
            place.leave();
        }
    }

    /** A place that was given is left again, whatever happens. */
    private Uni<End> entered() {
        RuntimeException pointless = lane.pointless();
        if (pointless != null) {
            return notBegun().chain(() -> Uni.createFrom().failure(pointless));
        }
        if (candidate.deployment().isDrained()) {
            candidates.excluded().draining(candidate.deployment().entry()); // while it waited for its place
            return notBegun();
        }
        try {
            return begin();
        } catch (RuntimeException e) {
            notBegun();
            throw e;
        }
    }

    private Uni<End> begin() {
        ProviderLimits limits = candidate.limits();
        long expected = limits.isPaced() ? course.plan().question().expectedTokens() : 0;
        if (!limits.isShared()) {
            return taken(limits.take(expected), expected);
        }
        return limits.takeTogether(expected).chain(got -> {
            RuntimeException pointless = lane.pointless();
            if (pointless != null) {
                taken = got;
                return notBegun().chain(() -> Uni.createFrom().failure(pointless));
            }
            try {
                return taken(got, expected);
            } catch (RuntimeException e) {
                notBegun();
                throw e;
            }
        });
    }

    private Uni<End> taken(@Nullable Taken got, long expected) {
        taken = got;
        if (got == null) {
            candidates
                    .excluded()
                    .limited(
                            candidate.deployment().entry(),
                            Duration.ofNanos(candidate.limits().waitNanos(expected)));
            return notBegun();
        }
        Deployment deployment = candidate.deployment();
        String account = deployment.credentials().next();
        if (account == null) {
            long rest = deployment.resting().orElse(0);
            candidates.excluded().resting(deployment.entry(), Duration.ofNanos(rest));
            return notBegun();
        }
        credential = account;
        if (course.tools().treasury().counts(exchange, deployment.provider(), deployment.entry())) {
            return paidFor(deployment, account);
        }
        return dispatch(deployment, account);
    }

    /** Made only when what it can cost at most is set aside. */
    private Uni<End> paidFor(Deployment deployment, String account) {
        return course.tools()
                .treasury()
                .admit(new Attempted(
                        course.asked(),
                        deployment.provider(),
                        deployment.entry(),
                        deployment.served(),
                        deployment.label(),
                        new Attempted.Sent(prepared.body()),
                        prepared.dropped()))
                .chain(decision -> switch (decision) {
                    case Decision.Granted(var granted) -> {
                        claim = granted;
                        boolean late = granted != null && !exchange.trail().claimed(granted);
                        RuntimeException pointless = lane.pointless();
                        if (pointless != null) {
                            yield notBegun().chain(() -> Uni.createFrom().failure(pointless));
                        }
                        yield late ? notBegun() : dispatch(deployment, account);
                    }
                    case Decision.Refused refused -> {
                        candidates.excluded().unaffordable(deployment.entry(), refused);
                        yield notBegun();
                    }
                });
    }

    private Uni<End> dispatch(Deployment deployment, String account) {
        try {
            course.intend(candidate);
        } catch (RuntimeException noRoom) {
            return notBegun().chain(() -> Uni.createFrom().failure(noRoom));
        }
        remember();
        var call = new Call(course.asked(), deployment.served(), prepared, account);
        Ear listening = course.ear(call);
        ear = listening;
        course.race().begins(call, lane);
        long begun = System.nanoTime();
        return deployment
                .ask(call, listening, !deployment.isHealthy())
                .onItemOrFailure()
                .transformToUni((_, thrown) -> {
                    course.race().ended(call);
                    candidate.statistics().ended();
                    if (thrown instanceof CircuitBreakerOpenException) {
                        return notBegun();
                    }
                    settle(listening.usage(), thrown);
                    return Uni.createFrom().item(thrown == null ? answered(listening, begun) : failed(thrown, begun));
                });
    }

    private void remember() {
        candidate.begun(exchange.time());
        Plan plan = course.plan();
        if (plan.looksAtPrefixes()) {
            course.tools()
                    .roster()
                    .prefixes()
                    .sent(candidate.profile(), plan.question().prefixes());
        }
    }

    /** What was refused took no tokens; of what broke off nobody knows, and the estimate stays. */
    private void settle(@Nullable Usage usage, @Nullable Throwable thrown) {
        leave();
        if (taken == null) {
            return;
        }
        if (usage != null) {
            taken.settle(usage.prompt() + usage.completion());
        } else if (thrown instanceof UpstreamFailure refused && refused.error() != null) {
            taken.settle(0);
        }
    }

    private End answered(Ear heard, long begun) {
        Duration firstToken = heard.spokeAt() == 0 ? null : Duration.ofNanos(heard.spokeAt() - begun);
        candidate.statistics().succeeded(firstToken, Duration.ofNanos(System.nanoTime() - begun));
        Usage usage = heard.usage();
        if (usage != null && usage.completion() > 0) {
            course.experience().answered(usage.completion());
        }
        note(begun, 200, heard.heldBackFor());
        return End.ANSWERED;
    }

    private End failed(Throwable thrown, long begun) {
        UpstreamFailure why = Failures.of(thrown);
        failure = why;
        if (why.kind().countsForBreaker()) {
            candidate.statistics().failed();
        }
        Trail.Served served = candidate.deployment().served();
        if (why.kind() == Kind.SUPERSEDED) {
            course.lost(served);
        }
        ear().failed(served);
        if (claim != null && isUnpaid(why)) {
            claim.giveBack();
        }
        note(begun, why.status(), why.kind());
        return End.FAILED;
    }

    /** Whether nobody has to be paid: it was refused before it said anything. */
    private boolean isUnpaid(UpstreamFailure why) {
        return switch (why.kind()) {
            case SUPERSEDED, STREAM_BROKEN, NOT_CONTINUED, FLAWED, OUT_OF_TIME, CALLER_GONE -> false;
            default -> ear().usage() == null && ear().spokeAt() == 0 && !course.isGoneOn();
        };
    }

    private void note(long begun, @Nullable Integer status, @Nullable Kind kind) {
        long now = System.nanoTime();
        Deployment deployment = candidate.deployment();
        exchange.trail()
                .ended(
                        new Attempt(
                                deployment.served().provider(),
                                deployment.served().model(),
                                status,
                                kind == null ? null : kind.code(),
                                (now - begun) / 1_000_000),
                        now);
        course.tools()
                .meters()
                .attempted(deployment.provider().name(), deployment.label(), kind == null ? "ok" : kind.code());
    }

    /**
     * Lets the credential rest that was of no use.
     *
     * @return whether the provider has another one
     */
    boolean restsAlone() {
        Deployment deployment = candidate.deployment();
        UpstreamFailure why = failure();
        Duration rest = deployment.credentials().rest(Objects.requireNonNull(credential), why);
        if (why.kind() != Kind.RATE_LIMITED) {
            LOG.warnf(
                    "provider %s: a credential is of no use (%s, HTTP %s) and rests for %d s; see its account or"
                            + " api-keys",
                    deployment.provider().name(), why.kind().code(), why.status(), rest.toSeconds());
        }
        if (deployment.resting().isEmpty()) {
            return true;
        }
        candidates.excluded().comeBackIn(rest);
        return false;
    }

    /** Whether the caller had heard something of it before it failed. */
    boolean brokeOff() {
        return failure().kind() == Kind.STREAM_BROKEN && !(ear instanceof Resumption.Leg leg && !leg.isHeard());
    }

    /** What must not be told to anyone. */
    List<String> secrets() {
        return candidate.deployment().secrets(credential == null ? "" : credential);
    }

    Standing candidate() {
        return candidate;
    }

    Prepared prepared() {
        return prepared;
    }

    /** Where its events went; only after it has begun. */
    Ear ear() {
        return Objects.requireNonNull(ear, "not begun");
    }

    /** Why it failed; only after it has. */
    UpstreamFailure failure() {
        return Objects.requireNonNull(failure, "it has not failed");
    }
}
