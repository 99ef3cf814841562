package dev.signalbox.routing;

import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.catalogue.InvalidConfig;
import dev.signalbox.catalogue.ModelEntry;
import dev.signalbox.chat.InvalidRequest;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The strategies by name. */
@Singleton
@Startup
public class Strategies {

    /** The caller names the provider. */
    static final String MANUAL = "manual";

    private static final Map<String, Strategy> BY_NAME = Map.of("priority", Strategy.priority());

    /** Refuses configurations that name a strategy that does not exist. */
    public Strategies(Catalogue catalogue) {
        for (ModelEntry model : catalogue.current().models().values()) {
            if (!BY_NAME.containsKey(model.strategy())) {
                throw new InvalidConfig(
                        "signalbox.models." + model.name() + ".strategy (or signalbox.strategy)",
                        "there is no strategy '" + model.strategy() + "'; there are " + names());
            }
        }
    }

    private static Set<String> names() {
        return BY_NAME.keySet();
    }

    /**
     * The strategy that a caller asked for, or else the model's own.
     *
     * @param provider the only provider that the caller wants, if there is one; that is what {@code manual} needs
     * @throws InvalidRequest when the caller asked for one that does not exist
     */
    static String choose(@Nullable String asked, @Nullable String provider, ModelEntry model) {
        if (asked == null || (asked.equals(MANUAL) && provider != null)) {
            return model.strategy();
        }
        if (!BY_NAME.containsKey(asked)) {
            throw new InvalidRequest(
                    "x-signalbox-strategy: there is no strategy '" + asked + "'; there are " + names(),
                    "x-signalbox-strategy");
        }
        return asked;
    }

    /** The strategy of that name. */
    static Strategy named(String name) {
        Strategy strategy = BY_NAME.get(name);
        if (strategy == null) {
            throw new IllegalArgumentException("there is no strategy " + name);
        }
        return strategy;
    }
}
