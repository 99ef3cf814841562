package dev.signalbox.api;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;

/** What the doors let in. */
@ConfigMapping(prefix = "signalbox")
public interface ApiConfig {

    /** The most bytes of a request's body, after decompression. */
    @WithDefault("32M")
    MemorySize maxBodySize();

    /** What happens to a stream's upstream when the caller hangs up: {@code cancel}, {@code drain}, or a duration to read on. */
    @WithDefault("cancel")
    String onDisconnect();

    /** Callers' headers that go on to the upstream, beside those of the vendors' betas and of W3C trace context. */
    Optional<List<String>> forwardHeaders();
}
