package dev.signalbox.history;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where responses are kept. Each is seen by its owner alone. A {@link Uni} may end on any thread; those that read fail with
 * 503 {@code store_unavailable} when nobody knows what is kept.
 */
public interface History {

    /** How long a response is kept. */
    Duration KEPT_FOR = Duration.ofDays(30);

    /** Keeps it; ends when a later request finds it, as far as that can be done, and never fails. */
    Uni<Void> keep(Kept response);

    /** The response of that id; null when there is none. */
    Uni<@Nullable Kept> find(String owner, String id);

    /**
     * That response, then the one that it goes on from, and so forth. When one is missing the list ends before it; when the
     * first one is, the list is empty.
     */
    Uni<List<Kept>> chain(String owner, String id);

    /** The responses that hold any of these items. */
    Uni<List<Kept>> holding(String owner, Set<String> items);

    /** Forgets it; false when there was none. */
    Uni<Boolean> forget(String owner, String id);
}
