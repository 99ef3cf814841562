package dev.signalbox.gateway;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How the gateway stops. */
@ConfigMapping(prefix = "signalbox")
public interface DrainConfig {

    /** How long new requests are still answered after SIGTERM, while load balancers learn of it. */
    @WithDefault("5s")
    Duration drainDelay();

    /** How long running requests may take to finish after that. */
    @WithDefault("60s")
    Duration drainTimeout();
}
