package dev.signalbox.catalogue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 * @param ranking what strategies look at
 * @param limits what it is asked at most
 * @param health how it is found out whether it is well
 * @param own what its kind alone can be told and was told over the admin API, by the names of the keys
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
        Cloud cloud,
        Ranking ranking,
        Limits limits,
        HealthCheck health,
        Map<String, String> own) {

    /** One whose kind is told nothing of its own over the admin API. */
    public ProviderEntry(
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
            Cloud cloud,
            Ranking ranking,
            Limits limits,
            HealthCheck health) {
        this(
                name,
                kind,
                baseUrl,
                apiKeys,
                connectTimeout,
                timeout,
                firstTokenTimeout,
                idleTimeout,
                maxRetries,
                priority,
                defaults,
                headers,
                circuit,
                quirks,
                cloud,
                ranking,
                limits,
                health,
                Map.of());
    }

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
        ranking.requireValid(at);
        limits.requireValid(at);
        health.requireValid(at + ".health");
        apiKeys = List.copyOf(apiKeys);
        defaults = Map.copyOf(defaults);
        headers = Map.copyOf(headers);
        quirks = Map.copyOf(quirks);
        own = Map.copyOf(own);
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

    /**
     * What strategies look at, the same for all of a provider's deployments.
     *
     * @param weight its share, compared with others'; a deployment's own goes before
     * @param quality how good its answers are expected to be, from 0 to 1
     * @param costMultiplier what predicted costs are multiplied with, for the order only
     * @param performanceBonus what is added to its performance
     * @param capabilities the tasks that it is good at
     */
    public record Ranking(
            int weight, double quality, double costMultiplier, double performanceBonus, Set<String> capabilities) {

        /** Nothing is said. */
        public static final Ranking DEFAULT = new Ranking(1, 0.5, 1, 0, Set.of());

        public Ranking {
            capabilities = Set.copyOf(capabilities);
        }

        void requireValid(String at) {
            if (weight < 0) {
                throw new InvalidConfig(at + ".weight", "must not be below zero, but is " + weight);
            }
            if (!(quality >= 0 && quality <= 1)) {
                throw new InvalidConfig(at + ".quality", "must be low, medium, high, or from 0 to 1");
            }
            if (!(costMultiplier >= 0 && Double.isFinite(costMultiplier))) {
                throw new InvalidConfig(at + ".cost-multiplier", "must not be below zero, but is " + costMultiplier);
            }
            if (!Double.isFinite(performanceBonus)) {
                throw new InvalidConfig(at + ".performance-bonus", "must be a number, but is " + performanceBonus);
            }
        }
    }

    /**
     * What a provider is asked at most.
     *
     * @param requestsPerMinute null: any number
     * @param tokensPerMinute null: any number
     * @param maxConcurrent calls at the same time; null: any number
     * @param queueSize how many wait for one of these at most
     * @param requestCost what one request may cost, in pico-dollars; null: anything
     * @param dailyCost what may be spent in a day, in pico-dollars; null: anything
     */
    public record Limits(
            @Nullable Integer requestsPerMinute,
            @Nullable Long tokensPerMinute,
            @Nullable Integer maxConcurrent,
            int queueSize,
            @Nullable Long requestCost,
            @Nullable Long dailyCost) {

        /** No limits. */
        public static final Limits NONE = new Limits(null, null, null, 0);

        /** Those that have nothing to do with money. */
        public Limits(
                @Nullable Integer requestsPerMinute,
                @Nullable Long tokensPerMinute,
                @Nullable Integer maxConcurrent,
                int queueSize) {
            this(requestsPerMinute, tokensPerMinute, maxConcurrent, queueSize, null, null);
        }

        void requireValid(String at) {
            atLeastOne(at + ".rate-limit", requestsPerMinute == null ? 1 : requestsPerMinute);
            atLeastOne(at + ".token-limit", tokensPerMinute == null ? 1 : tokensPerMinute);
            atLeastOne(at + ".max-concurrent", maxConcurrent == null ? 1 : maxConcurrent);
            if (queueSize < 0) {
                throw new InvalidConfig(at + ".queue-size", "must not be below zero, but is " + queueSize);
            }
        }
    }

    /**
     * How it is found out whether a provider is well.
     *
     * @param path what is asked for, behind the address; null: what its kind gives away for nothing, if anything
     * @param interval how often
     * @param failureThreshold how many failures in a row make it unhealthy
     * @param recoveryThreshold how many successes in a row make it healthy again
     * @param timeout how long an answer may take
     */
    public record HealthCheck(
            @Nullable String path, Duration interval, int failureThreshold, int recoveryThreshold, Duration timeout) {

        /** Nothing is said. */
        public static final HealthCheck DEFAULT =
                new HealthCheck(null, Duration.ofSeconds(30), 3, 3, Duration.ofSeconds(5));

        void requireValid(String at) {
            if (path != null && !path.startsWith("/")) {
                throw new InvalidConfig(at + ".path", "must begin with '/', but is '" + path + "'");
            }
            positive(at + ".interval", interval);
            positive(at + ".timeout", timeout);
            atLeastOne(at + ".failure-threshold", failureThreshold);
            atLeastOne(at + ".recovery-threshold", recoveryThreshold);
        }
    }

    private static void atLeastOne(String key, long value) {
        if (value < 1) {
            throw new InvalidConfig(key, "must be at least 1, but is " + value);
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
