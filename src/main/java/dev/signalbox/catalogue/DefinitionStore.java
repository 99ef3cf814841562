package dev.signalbox.catalogue;

import io.smallrye.mutiny.Uni;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A port: where what came over the admin API is kept, for all replicas. Everything fails with a {@link
 * dev.signalbox.chat.SignalboxException} 503 {@code store_unavailable} while the store is away.
 */
public interface DefinitionStore {

    /** Whether there is to be one. */
    boolean isConfigured();

    /** Whether it was reached once; it may be away again since. */
    boolean isReady();

    /** The version of what is kept, which grows with every change. */
    Uni<Long> version();

    /** All of it. */
    Uni<Contents> read();

    /**
     * Keeps one, in place of the one of that name.
     *
     * @param expected the version that the change was made on
     * @return whether that was still the version; otherwise nothing was done
     */
    Uni<Boolean> put(long expected, Row row);

    /** Forgets one; otherwise as {@link #put}. */
    Uni<Boolean> delete(long expected, Definition.Type type, String name);

    /**
     * What is kept.
     *
     * @param rows in the order in which they were first put
     */
    record Contents(long version, List<Row> rows) {}

    /**
     * One provider or model as it is kept.
     *
     * @param open its keys without secrets, a JSON object
     * @param sealed its secrets as {@link Seal} made them; null: it has none
     */
    record Row(
            Definition.Type type,
            String name,
            String open,
            @Nullable String sealed) {}
}
