package dev.signalbox.admin;

import dev.signalbox.catalogue.AlsoConfigured;
import dev.signalbox.catalogue.Catalogue;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The effective configuration, to be looked at and to start an equal gateway with. */
@Path("/admin/v1/config")
@Tag(name = "Configuration")
@NonBlocking
public class ConfigResource {

    private final Config config;
    private final Catalogue catalogue;
    private final Instance<AlsoConfigured> others;

    ConfigResource(Config config, Catalogue catalogue, @Any Instance<AlsoConfigured> others) {
        this.config = config;
        this.catalogue = catalogue;
        this.others = others;
    }

    @GET
    @Produces("application/yaml")
    @Operation(
            operationId = "getConfig",
            summary = "The effective configuration as YAML",
            description =
                    "It starts an equal gateway. Secrets are references to variables, whose names stand at the top;"
                            + " virtual keys are digests.")
    public String get() {
        Map<String, String> configured = new HashMap<>(catalogue.configured(config));
        others.forEach(other -> configured.putAll(other.properties()));
        return new EffectiveConfig(configured).yaml();
    }
}
