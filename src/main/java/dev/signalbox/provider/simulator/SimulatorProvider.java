package dev.signalbox.provider.simulator;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.InvalidConfig;
import dev.signalbox.catalogue.Kind;
import dev.signalbox.catalogue.Mapped;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.chat.Json;
import dev.signalbox.provider.CountedHere;
import dev.signalbox.provider.simulator.SimulatorConfig.Behaviour;
import dev.signalbox.upstream.Breakdown;
import dev.signalbox.upstream.DeploymentModel;
import dev.signalbox.upstream.Provider;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes simulated providers. */
@Singleton
public class SimulatorProvider implements Provider {

    private static final Set<String> KEYS =
            Set.of("reply", "latency", "first-token-after", "tokens-per-second", "failure-rate", "failure", "seed");

    private final Vertx vertx;
    private final SimulatorConfig config;

    /** For CDI. */
    public SimulatorProvider(Vertx vertx, SimulatorConfig config) {
        this.vertx = vertx;
        this.config = config;
    }

    @Override
    public List<Kind> kinds() {
        return List.of(new Kind("simulator", "", List.of(), false, "echo"));
    }

    @Override
    public Connection connect(ProviderEntry entry) {
        Manner manner = Manner.of(entry.name(), behaviour(entry));
        Random random = manner.seed() == null ? new Random() : new Random(manner.seed());
        return new Connection() {
            @Override
            public DeploymentModel model(DeploymentEntry deployment) {
                return new CountedHere(
                        new SimulatorChatModel(vertx, deployment.model(), manner, random), deployment.model());
            }

            // it answers under any name
            @Override
            public Listing listing() {
                return _ -> Uni.createFrom().item(List.of(Json.object().put("id", "echo")));
            }
        };
    }

    @Override
    public Set<String> ownKeys() {
        return KEYS;
    }

    private @Nullable Behaviour behaviour(ProviderEntry entry) {
        if (entry.own().isEmpty()) {
            return config.providers().get(entry.name());
        }
        String at = "signalbox.providers." + entry.name();
        Map<String, String> properties = new HashMap<>();
        entry.own().forEach((key, value) -> properties.put("signalbox.providers.it." + key, value));
        try {
            return Mapped.of(SimulatorConfig.class, "signalbox", properties)
                    .providers()
                    .get("it");
        } catch (InvalidConfig e) {
            throw new InvalidConfig(e.key().replace("signalbox.providers.it", at), e.problem());
        }
    }

    /**
     * How one simulated provider behaves; a value that exists is valid.
     *
     * @param reply {@code echo} or a text
     * @param seed null: another order each time
     */
    record Manner(
            String reply,
            Duration latency,
            Duration firstTokenAfter,
            double tokensPerSecond,
            double failureRate,
            Breakdown failure,
            @Nullable Long seed) {

        static Manner of(String name, @Nullable Behaviour given) {
            if (given == null) {
                return new Manner("echo", Duration.ZERO, Duration.ZERO, 0, 0, Breakdown.SERVER_ERROR, null);
            }
            String at = "signalbox.providers." + name;
            if (!(given.failureRate() >= 0 && given.failureRate() <= 1)) {
                throw new InvalidConfig(at + ".failure-rate", "must be from 0 to 1, but is " + given.failureRate());
            }
            if (!(given.tokensPerSecond() >= 0)) {
                throw new InvalidConfig(at + ".tokens-per-second", "must not be below 0");
            }
            return new Manner(
                    given.reply(),
                    given.latency(),
                    given.firstTokenAfter().orElse(given.latency()),
                    given.tokensPerSecond(),
                    given.failureRate(),
                    given.failure(),
                    given.seed().isPresent() ? given.seed().getAsLong() : null);
        }
    }
}
