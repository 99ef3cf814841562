package dev.signalbox.fetch;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Whether pictures and documents that callers name by address are fetched for upstreams that take bytes only. */
@ConfigMapping(prefix = "signalbox.fetch")
public interface FetchConfig {

    /** Whether anything is fetched; otherwise such a part is refused. */
    @WithDefault("false")
    boolean enabled();

    /** The most bytes of everything that is fetched for one request. */
    @WithDefault("20M")
    MemorySize maxBytes();

    /** How long fetching for one request may take. */
    @WithDefault("10s")
    Duration timeout();

    /**
     * Networks that may be fetched from beside the public ones, such as {@code 10.1.0.0/16}. Every caller can read what is
     * there, so name no more than a store of documents.
     */
    Optional<List<String>> allow();
}
