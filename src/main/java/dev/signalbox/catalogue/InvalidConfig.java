package dev.signalbox.catalogue;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.Set;

/** Stops the start: a configuration value is wrong. The message names the key and says what is allowed. */
public final class InvalidConfig extends ConfigurationException {

    private static final long serialVersionUID = 1;

    private final String key;
    private final String problem;

    /**
     * @param key the configuration key
     * @param problem what is wrong with its value; never the value of a secret
     */
    public InvalidConfig(String key, String problem) {
        super(key + ": " + problem, Set.of(key));
        this.key = key;
        this.problem = problem;
    }

    /** The configuration key. */
    public String key() {
        return key;
    }

    /** What is wrong with its value. */
    public String problem() {
        return problem;
    }
}
