package dev.signalbox.admin;

import dev.signalbox.catalogue.Changes;
import dev.signalbox.gateway.Drain;
import dev.signalbox.keys.KeyRing;
import dev.signalbox.ledger.Ledger;
import dev.signalbox.upstream.OrderBook;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Whether new requests are wanted: not stopping, the configuration is read, keys known, and the ledger can be written. Providers
 * are told as data.
 */
@Readiness
@ApplicationScoped
public class GatewayReadiness implements HealthCheck {

    private final Drain drain;
    private final Ledger ledger;
    private final ProviderHealth providers;
    private final KeyRing keys;
    private final Changes changes;
    private final OrderBook orders;
    private final HealthConfig config;

    /** For CDI. */
    public GatewayReadiness(
            Drain drain,
            Ledger ledger,
            ProviderHealth providers,
            KeyRing keys,
            Changes changes,
            OrderBook orders,
            HealthConfig config) {
        this.drain = drain;
        this.ledger = ledger;
        this.providers = providers;
        this.keys = keys;
        this.changes = changes;
        this.orders = orders;
        this.config = config;
    }

    @Override
    public HealthCheckResponse call() {
        boolean providersSuffice = config.readyRequires() == HealthConfig.Requirement.PROCESS || providers.isAnyUp();
        HealthCheckResponseBuilder check = HealthCheckResponse.named("signalbox")
                .status(!drain.isDraining()
                        && ledger.isWritable()
                        && changes.isReady()
                        && orders.isReady()
                        && keys.isSettled()
                        && providersSuffice)
                .withData("draining", drain.isDraining())
                .withData("journal-writable", ledger.isWritable())
                .withData("configuration-loaded", changes.isReady())
                .withData("keys", keys.state());
        providers.describe(check);
        return check.build();
    }
}
