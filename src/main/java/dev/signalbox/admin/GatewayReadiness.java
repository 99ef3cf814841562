package dev.signalbox.admin;

import dev.signalbox.gateway.Drain;
import dev.signalbox.ledger.Ledger;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Whether new requests are wanted: not stopping, and the ledger can be written. Providers are told as data. */
@Readiness
@ApplicationScoped
public class GatewayReadiness implements HealthCheck {

    private final Drain drain;
    private final Ledger ledger;
    private final ProviderHealth providers;
    private final HealthConfig config;

    /** For CDI. */
    public GatewayReadiness(Drain drain, Ledger ledger, ProviderHealth providers, HealthConfig config) {
        this.drain = drain;
        this.ledger = ledger;
        this.providers = providers;
        this.config = config;
    }

    @Override
    public HealthCheckResponse call() {
        boolean providersSuffice = config.readyRequires() == HealthConfig.Requirement.PROCESS || providers.isAnyUp();
        HealthCheckResponseBuilder check = HealthCheckResponse.named("signalbox")
                .status(!drain.isDraining() && ledger.isWritable() && providersSuffice)
                .withData("draining", drain.isDraining())
                .withData("journal-writable", ledger.isWritable());
        providers.describe(check);
        return check.build();
    }
}
