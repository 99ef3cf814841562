package dev.signalbox.routing;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How much is tried again. */
@ConfigMapping(prefix = "signalbox")
public interface RoutingConfig {

    /** Further attempts at the same deployment, as a share of the requests of the window. */
    @WithDefault("0.2")
    double retryBudget();

    /** How far the budget looks back. */
    @WithDefault("10s")
    Duration retryBudgetWindow();

    /** Retries that are allowed in a window whatever the number of requests. */
    @WithDefault("10")
    int retryBudgetFloor();
}
