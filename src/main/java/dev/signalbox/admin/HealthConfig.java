package dev.signalbox.admin;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** When the gateway says that it is ready. */
@ConfigMapping(prefix = "signalbox.health")
public interface HealthConfig {

    /** {@code process}: it can answer at all; {@code any-provider}: and some provider is available. */
    @WithDefault("process")
    Requirement readyRequires();

    /** What readiness takes. */
    enum Requirement {
        /** The gateway itself. */
        PROCESS,
        /** The gateway and at least one provider. */
        ANY_PROVIDER
    }
}
