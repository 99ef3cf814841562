package dev.signalbox.keys;

import dev.signalbox.chat.Grant;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Rights;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;

/** The keys and teams that the configuration names. */
@Singleton
public class FileKeys {

    private static final String KEYS = "signalbox.auth.keys.";
    private static final String TEAMS = "signalbox.auth.teams.";
    private static final List<String> LISTS = List.of("models", "providers", "controls", "disclose");

    private final List<KeyEntry> keys = new ArrayList<>();
    private final List<TeamEntry> teams = new ArrayList<>();

    /** Reads the configuration. */
    @Inject
    public FileKeys(AuthConfig config, Config raw) {
        this(config, name -> raw.getConfigValue(name).getRawValue());
    }

    /** @param raw what is written for a name; null when nothing is */
    FileKeys(AuthConfig config, Function<String, @Nullable String> raw) {
        Set<Digest> secrets = new HashSet<>();
        config.keys().forEach((name, key) -> {
            String at = KEYS + name;
            refuseEmptyLists(raw, at);
            KeyEntry entry = entry(name, at, key);
            if (!secrets.add(entry.digest())) {
                throw wrong(at, "has the same secret as another key");
            }
            keys.add(entry);
        });
        config.teams().forEach((name, team) -> {
            refuseEmptyLists(raw, TEAMS + name);
            teams.add(new TeamEntry(name, terms(TEAMS + name, team), Mark.FILE));
        });
    }

    /** The keys. */
    List<KeyEntry> keys() {
        return keys;
    }

    /** The teams. */
    List<TeamEntry> teams() {
        return teams;
    }

    /** An empty list reads like "nothing" and would be taken for "everything", so it is neither. */
    private static void refuseEmptyLists(Function<String, @Nullable String> raw, String at) {
        for (String list : LISTS) {
            String written = raw.apply(at + "." + list);
            if (written != null && written.isBlank()) {
                throw wrong(at + "." + list, "is empty; leave it out to allow everything, or list what is allowed");
            }
        }
    }

    private static KeyEntry entry(String name, String at, AuthConfig.KeyConfig key) {
        if (key.key().isPresent() == key.keySha256().isPresent()) {
            throw wrong(at, "say one of key and key-sha256");
        }
        Digest digest;
        try {
            digest = key.key()
                    .map(Digest::of)
                    .orElseGet(() -> Digest.ofHex(key.keySha256().orElseThrow()));
        } catch (IllegalArgumentException e) {
            throw wrong(at + ".key-sha256", "must be 64 hexadecimal digits");
        }
        return new KeyEntry(
                KeyEntry.idOf(digest),
                name,
                digest,
                key.team().orElse(null),
                terms(at, key),
                time(at + ".expires-at", key.expiresAt()),
                Mark.FILE);
    }

    private static Terms terms(String at, AuthConfig.TermsConfig config) {
        Set<String> disclose = config.disclose().orElse(null);
        if (disclose != null && !TermsJson.FACTS.containsAll(disclose)) {
            throw wrong(at + ".disclose", "may list provider, cost and attempts");
        }
        var rates = new Grant.Rates(
                positive(
                        at + ".rate-limit.requests-per-minute",
                        config.rateLimit().requestsPerMinute()),
                positive(
                        at + ".rate-limit.tokens-per-minute", config.rateLimit().tokensPerMinute()),
                positive(at + ".rate-limit.concurrent", config.rateLimit().concurrent()));
        try {
            TermsJson.requireTags(config.tags(), at + ".tags");
            return new Terms(
                    new Rights(
                            config.models().orElse(List.of()),
                            config.providers().orElse(Set.of()),
                            config.controls().orElse(null),
                            disclose),
                    rates,
                    config.budget()
                            .map(budget ->
                                    TermsJson.budget(budget.limitUsd(), budget.window(), at + ".budget.limit-usd"))
                            .orElse(null),
                    config.tags());
        } catch (InvalidRequest e) {
            throw new ConfigurationException(e.message(), Set.of(e.param() == null ? at : e.param()));
        }
    }

    private static <N extends Number> @Nullable N positive(String key, Optional<N> given) {
        if (given.isPresent() && given.get().longValue() < 1) {
            throw wrong(key, "must be at least 1");
        }
        return given.orElse(null);
    }

    private static @Nullable Instant time(String key, Optional<String> given) {
        try {
            return given.map(text -> OffsetDateTime.parse(text).toInstant()).orElse(null);
        } catch (DateTimeException e) {
            throw wrong(key, "must be an RFC 3339 time such as 2027-01-01T00:00:00Z");
        }
    }

    static ConfigurationException wrong(String key, String problem) {
        return new ConfigurationException(key + ": " + problem, Set.of(key));
    }
}
