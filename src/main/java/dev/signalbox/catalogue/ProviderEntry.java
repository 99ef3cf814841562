package dev.signalbox.catalogue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One configured provider; a value that exists is valid.
 *
 * @param name its configured name
 * @param kind which upstream API it speaks
 * @param baseUrl where; empty for a kind that has no address
 * @param apiKeys its credentials
 * @param connectTimeout how long a connection may take to open
 * @param timeout how long a whole plain answer may take
 * @param firstTokenTimeout how long the first token of a stream may take
 * @param idleTimeout how long a stream may be silent
 * @param maxRetries further attempts at the same deployment
 * @param priority lower goes first
 * @param defaults settings for callers who gave none
 * @param headers sent with every request
 * @param circuit when its deployments' circuits open and close
 * @param quirks how it differs from the vendor whose language it speaks, as the configuration says it, by the names of its
 *     keys; what is not there is as its kind
 * @param cloud where in a cloud it is
 */
public record ProviderEntry(
        String name,
        String kind,
        String baseUrl,
        List<String> apiKeys,
        Duration connectTimeout,
        Duration timeout,
        Duration firstTokenTimeout,
        Duration idleTimeout,
        int maxRetries,
        int priority,
        Map<String, Object> defaults,
        Map<String, String> headers,
        Circuit circuit,
        Map<String, String> quirks,
        Cloud cloud) {

    public ProviderEntry {
        String at = "signalbox.providers." + name;
        if (name.isEmpty() || name.indexOf('/') >= 0) {
            throw new InvalidConfig(at, "a provider's name must not be empty and must not hold a '/'");
        }
        positive(at + ".connect-timeout", connectTimeout);
        positive(at + ".timeout", timeout);
        positive(at + ".first-token-timeout", firstTokenTimeout);
        positive(at + ".idle-timeout", idleTimeout);
        if (maxRetries < 0 || maxRetries > 10) {
            throw new InvalidConfig(at + ".max-retries", "must be from 0 to 10, but is " + maxRetries);
        }
        circuit.requireValid(at + ".circuit");
        apiKeys = List.copyOf(apiKeys);
        defaults = Map.copyOf(defaults);
        headers = Map.copyOf(headers);
        quirks = Map.copyOf(quirks);
    }

    /**
     * Where in a cloud a provider is, as far as the configuration says; the surroundings may say the rest.
     *
     * @param region such as {@code eu-central-1}
     * @param projects Google Cloud projects that pay, used in turn
     * @param location such as {@code europe-west1}
     * @param credentials a file with credentials, or their JSON
     * @param apiVersion the version of its API
     */
    public record Cloud(
            @Nullable String region,
            List<String> projects,
            @Nullable String location,
            @Nullable String credentials,
            @Nullable String apiVersion) {

        /** Nothing is said. */
        public static final Cloud NONE = new Cloud(null, List.of(), null, null, null);

        public Cloud {
            projects = List.copyOf(projects);
        }

        /** Nothing of it: credentials must not be printed. */
        @Override
        public String toString() {
            return "Cloud";
        }
    }

    /**
     * When a deployment's circuit opens and closes.
     *
     * @param failureRatio the share of failures that opens it, above 0 and at most 1
     * @param volume how many of the last calls are looked at
     * @param openFor how long it stays open
     * @param halfOpenSuccesses how many successes close it again
     */
    public record Circuit(double failureRatio, int volume, Duration openFor, int halfOpenSuccesses) {
        void requireValid(String at) {
            if (!(failureRatio > 0 && failureRatio <= 1)) {
                throw new InvalidConfig(at + ".failure-ratio", "must be above 0 and at most 1, but is " + failureRatio);
            }
            if (volume < 1) {
                throw new InvalidConfig(at + ".volume", "must be at least 1, but is " + volume);
            }
            if (halfOpenSuccesses < 1) {
                throw new InvalidConfig(at + ".half-open-successes", "must be at least 1, but is " + halfOpenSuccesses);
            }
            positive(at + ".open-for", openFor);
        }
    }

    private static void positive(String key, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new InvalidConfig(key, "must be longer than nothing, but is " + value);
        }
    }

    /** The name alone: credentials must not be printed. */
    @Override
    public String toString() {
        return name + " (" + kind + ")";
    }
}
