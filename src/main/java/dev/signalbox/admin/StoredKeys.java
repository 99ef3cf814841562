package dev.signalbox.admin;

import dev.signalbox.catalogue.AlsoConfigured;
import dev.signalbox.catalogue.Definition;
import dev.signalbox.chat.Grant;
import dev.signalbox.keys.KeyBook;
import dev.signalbox.keys.KeyEntry;
import dev.signalbox.keys.TeamEntry;
import dev.signalbox.keys.Terms;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys and teams that the store holds, as a file would say them: keys by the digests of their secrets. */
@Singleton
public class StoredKeys implements AlsoConfigured {

    private static final int PICO_DECIMALS = 12;

    private final KeyBook book;

    /** For CDI. */
    public StoredKeys(KeyBook book) {
        this.book = book;
    }

    @Override
    public Map<String, String> properties() {
        return properties(book.keysAfter(""), book.teamsAfter(""));
    }

    /** Those of them that no file holds. */
    static Map<String, String> properties(List<KeyEntry> keys, List<TeamEntry> teams) {
        Map<String, String> all = new HashMap<>();
        for (TeamEntry team : teams) {
            if (!team.mark().isFile()) {
                terms("signalbox.auth.teams." + Definition.segment(team.name()), team.terms(), all);
            }
        }
        for (KeyEntry key : keys) {
            if (!key.mark().isFile()) {
                String at = "signalbox.auth.keys." + Definition.segment(key.name());
                all.put(at + ".key-sha256", key.digest().hex());
                put(at + ".team", key.team(), all);
                put(at + ".expires-at", key.expiresAt(), all);
                terms(at, key.terms(), all);
            }
        }
        return all;
    }

    private static void terms(String at, Terms terms, Map<String, String> into) {
        list(at + ".models", terms.rights().models(), into);
        list(at + ".providers", terms.rights().providers(), into);
        list(at + ".controls", terms.rights().controls(), into);
        list(at + ".disclose", terms.rights().disclose(), into);
        Grant.Budget budget = terms.budget();
        if (budget != null) {
            into.put(
                    at + ".budget.limit-usd",
                    BigDecimal.valueOf(budget.limit(), PICO_DECIMALS)
                            .stripTrailingZeros()
                            .toPlainString());
            into.put(at + ".budget.window", budget.window().name().toLowerCase(Locale.ROOT));
        }
        Grant.Rates rates = terms.rates();
        put(at + ".rate-limit.requests-per-minute", rates.requestsPerMinute(), into);
        put(at + ".rate-limit.tokens-per-minute", rates.tokensPerMinute(), into);
        put(at + ".rate-limit.concurrent", rates.concurrent(), into);
        terms.tags().forEach((name, value) -> into.put(at + ".tags." + Definition.segment(name), value));
    }

    private static void put(String key, @Nullable Object value, Map<String, String> into) {
        if (value != null) {
            into.put(key, value.toString());
        }
    }

    private static void list(String key, @Nullable Collection<String> values, Map<String, String> into) {
        if (values != null) {
            int i = 0;
            for (String value : values.stream().sorted().toList()) {
                into.put(key + "[" + i + "]", value);
                i++;
            }
        }
    }
}
