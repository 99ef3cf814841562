package dev.signalbox.provider.bedrock;

import dev.signalbox.upstream.UpstreamFailure;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Credentials that are kept until shortly before they expire, and fetched once for all who wait. While the old ones are
 * still good nobody waits for the new ones.
 */
final class RenewedCredentials {

    /** How long before their end they are renewed. */
    private static final Duration AHEAD = Duration.ofMinutes(5);

    private final CredentialSource source;
    private final Clock clock;
    private final AtomicReference<@Nullable Uni<AwsCredentials>> flight = new AtomicReference<>();
    private volatile @Nullable AwsCredentials current;
    private volatile @Nullable AwsCredentials before;

    RenewedCredentials(CredentialSource source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    /** Credentials that are good now, on the caller's own event loop. */
    Uni<AwsCredentials> get() {
        AwsCredentials known = current;
        if (known == null || isOver(known, Duration.ZERO)) {
            return here(renewed());
        }
        if (isOver(known, AHEAD)) {
            renewed().subscribe().with(_ -> {}, _ -> {});
        }
        return Uni.createFrom().item(known);
    }

    /** What must be told to nobody: of the current ones, and of those before, which calls under way may have been signed with. */
    List<String> secrets() {
        List<String> secrets = new ArrayList<>();
        for (AwsCredentials known : new @Nullable AwsCredentials[] {current, before}) {
            if (known != null) {
                secrets.add(known.accessKeyId());
                secrets.add(known.secretAccessKey());
                if (known.sessionToken() != null) {
                    secrets.add(known.sessionToken());
                }
            }
        }
        return secrets;
    }

    private boolean isOver(AwsCredentials credentials, Duration ahead) {
        Instant expires = credentials.expires();
        return expires != null && !clock.instant().plus(ahead).isBefore(expires);
    }

    private Uni<AwsCredentials> renewed() {
        Uni<AwsCredentials> mine = Uni.createFrom()
                .deferred(source::fetch)
                .onFailure(failure -> !(failure instanceof UpstreamFailure))
                .transform(failure -> new UpstreamFailure(
                        UpstreamFailure.Kind.CONNECT_FAILED,
                        "credentials could not be fetched ("
                                + failure.getClass().getSimpleName() + ")"))
                .onItem()
                .invoke(fetched -> {
                    before = current;
                    current = fetched;
                })
                .onTermination()
                .invoke(() -> flight.set(null))
                .memoize()
                .indefinitely();
        Uni<AwsCredentials> flying = flight.compareAndExchange(null, mine);
        return flying == null ? mine : flying;
    }

    private static <T> Uni<T> here(Uni<T> elsewhere) {
        Context own = Vertx.currentContext();
        return own == null ? elsewhere : elsewhere.emitOn(task -> own.runOnContext(_ -> task.run()));
    }
}
