package dev.signalbox.provider.vertex;

import dev.signalbox.provider.vertex.TokenEndpoint.Granted;
import dev.signalbox.upstream.UpstreamFailure;
import dev.signalbox.upstream.UpstreamFailure.Kind;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The access token of one account: fetched once for all who wait for it, fetched again before it expires while the old one is
 * still given out, and given out to its end when it cannot be fetched again.
 */
final class AccessTokens {

    private static final Logger LOG = Logger.getLogger(AccessTokens.class);

    /** Less than the five minutes in which the metadata server begins to have a new one. */
    private static final Duration AHEAD = Duration.ofSeconds(225);

    /** A token that ends on the way to the vendor is of no use. */
    private static final Duration ON_THE_WAY = Duration.ofSeconds(10);

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

    private final String owner;
    private final Supplier<Uni<? extends Granted>> source;
    private final Clock clock;
    private volatile @Nullable Held held;
    private volatile @Nullable String before;
    private @Nullable Uni<Held> pending;
    private Instant notAgainBefore = Instant.MIN;

    private record Held(String token, Instant renewAt, Instant goodUntil) {
        static Held of(Granted granted, Instant now) {
            Duration lifetime = granted.lifetime();
            Instant end = now.plus(lifetime);
            return new Held(
                    granted.token(),
                    end.minus(shorter(AHEAD, lifetime.dividedBy(2))),
                    end.minus(shorter(ON_THE_WAY, lifetime.dividedBy(10))));
        }

        private static Duration shorter(Duration one, Duration other) {
            return one.compareTo(other) < 0 ? one : other;
        }

        /** Its end alone: tokens must not be printed. */
        @Override
        public String toString() {
            return "a token until " + goodUntil;
        }
    }

    /**
     * @param owner whose it is, for the log
     * @param source asks for a new one when it is subscribed to
     */
    AccessTokens(String owner, Supplier<Uni<? extends Granted>> source, Clock clock) {
        this.owner = owner;
        this.source = source;
        this.clock = clock;
    }

    /** A token that is good now; an {@link UpstreamFailure} when there is none. */
    Uni<String> token() {
        Instant time = clock.instant();
        Held now = held;
        if (now != null && time.isBefore(now.renewAt())) {
            return Uni.createFrom().item(now.token());
        }
        Uni<Held> coming = coming(time);
        if (now != null && time.isBefore(now.goodUntil())) {
            coming.subscribe().with(_ -> {}, _ -> {}); // what fails is logged, and the old one is still good
            return Uni.createFrom().item(now.token());
        }
        return coming.map(Held::token).onFailure().transform(AccessTokens::told);
    }

    /** The one that is on its way, for everyone who asks meanwhile. */
    private synchronized Uni<Held> coming(Instant time) {
        Held now = held;
        if (now != null
                && (time.isBefore(now.renewAt())
                        || (time.isBefore(now.goodUntil()) && time.isBefore(notAgainBefore)))) {
            return Uni.createFrom().item(now);
        }
        Uni<Held> under = pending;
        if (under == null) {
            under = Uni.createFrom()
                    .deferred(source)
                    .map(this::came)
                    .onFailure()
                    .invoke(this::failed)
                    .memoize()
                    .indefinitely();
            pending = under;
        }
        return under;
    }

    private synchronized Held came(Granted granted) {
        Held old = held;
        Held now = Held.of(granted, clock.instant());
        before = old == null ? null : old.token();
        held = now;
        pending = null;
        return now;
    }

    private synchronized void failed(Throwable thrown) {
        pending = null;
        notAgainBefore = clock.instant().plus(AFTER_FAILURE);
        LOG.warnf("provider %s: no access token: %s", owner, why(thrown));
    }

    /** Everything that must not be told to anyone. */
    List<String> secrets() {
        Held now = held;
        String old = before;
        return Stream.of(now == null ? "" : now.token(), old == null ? "" : old)
                .filter(token -> !token.isEmpty())
                .toList();
    }

    private static UpstreamFailure told(Throwable thrown) {
        return thrown instanceof NoToken.Refused refused
                ? new UpstreamFailure(Kind.CREDENTIAL_REJECTED, why(refused), refused.status(), null, null, null, null)
                : new UpstreamFailure(Kind.CONNECT_FAILED, "no access token: " + why(thrown));
    }

    private static String why(Throwable thrown) {
        return thrown instanceof NoToken known && known.getMessage() != null
                ? known.getMessage()
                : thrown.getClass().getSimpleName();
    }
}
