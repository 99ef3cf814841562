package dev.signalbox.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Cost;
import dev.signalbox.chat.Grant;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Rights;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@link Terms} as the admin API and the store write them: fields of an object, each of which may be missing or null. */
final class TermsJson {

    /** The fields. */
    static final Set<String> FIELDS =
            Set.of("models", "providers", "controls", "disclose", "budget", "rate_limit", "tags");

    /** What callers may be told or not. */
    static final Set<String> FACTS = Set.of("provider", "cost", "attempts");

    /** The headers that callers may use or not, without {@code x-signalbox-}. */
    private static final Set<String> CONTROLS = Set.of(
            "strategy",
            "provider",
            "fallback",
            "optimize",
            "quality",
            "max-cost",
            "target-cost",
            "timeout",
            "retries",
            "session",
            "tags",
            "cache",
            "translation");

    private static final BigDecimal MOST_MONEY = new BigDecimal(9_000_000);
    private static final long MOST_TOKENS = 1_000_000_000_000L;
    private static final long MOST_REQUESTS = 1_000_000_000L;
    private static final int MOST_TEXTS = 1_000;
    private static final int LONGEST_TEXT = 256;
    private static final int MOST_TAGS = 10;
    private static final int LONGEST_TAG_NAME = 64;
    private static final int LONGEST_TAG_VALUE = 128;

    private TermsJson() {}

    /** Whether a text has neither control characters nor halves of characters, which no store would keep. */
    static boolean isPlain(String text) {
        return text.codePoints().noneMatch(c -> Character.isISOControl(c) || (c >= 0xD800 && c <= 0xDFFF));
    }

    /**
     * Reads them.
     *
     * @throws InvalidRequest naming the field that is wrong
     */
    static Terms read(ObjectNode fields) {
        return new Terms(rights(fields), rates(fields), budget(fields), tags(fields));
    }

    /** Writes them; what is not limited is null. */
    static void write(Terms terms, ObjectNode into) {
        Rights rights = terms.rights();
        list(into, "models", rights.models().isEmpty() ? null : rights.models());
        list(into, "providers", rights.providers().isEmpty() ? null : sorted(rights.providers()));
        list(into, "controls", sorted(rights.controls()));
        list(into, "disclose", sorted(rights.disclose()));
        Grant.Budget budget = terms.budget();
        if (budget == null) {
            into.putNull("budget");
        } else {
            into.putObject("budget")
                    .put("limit_usd", new Cost(budget.limit()).usd())
                    .put("window", word(budget.window()));
        }
        Grant.Rates rates = terms.rates();
        if (rates.isUnlimited()) {
            into.putNull("rate_limit");
        } else {
            into.putObject("rate_limit")
                    .put("requests_per_minute", rates.requestsPerMinute())
                    .put("tokens_per_minute", rates.tokensPerMinute())
                    .put("concurrent", rates.concurrent());
        }
        ObjectNode tags = into.putObject("tags");
        new TreeMap<>(terms.tags()).forEach(tags::put);
    }

    private static String word(Grant.Window window) {
        return window.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable List<String> sorted(@Nullable Set<String> names) {
        return names == null ? null : names.stream().sorted().toList();
    }

    private static void list(ObjectNode into, String name, @Nullable Collection<String> values) {
        if (values == null) {
            into.putNull(name);
        } else {
            ArrayNode list = into.putArray(name);
            values.forEach(list::add);
        }
    }

    private static Rights rights(ObjectNode fields) {
        Set<String> models = names(fields, "models");
        Set<String> providers = names(fields, "providers");
        Set<String> controls = names(fields, "controls");
        Set<String> disclose = names(fields, "disclose");
        requireSome("models", models);
        requireSome("providers", providers);
        requireOf("controls", controls, CONTROLS);
        requireOf("disclose", disclose, FACTS);
        return new Rights(
                models == null ? List.of() : List.copyOf(models),
                providers == null ? Set.of() : providers,
                controls,
                disclose);
    }

    /** An empty list of what may be used reads like "nothing", and there would be no use for such a key. */
    private static void requireSome(String field, @Nullable Set<String> names) {
        if (names != null && names.isEmpty()) {
            throw new InvalidRequest(
                    field + " is empty; leave it out to allow everything, or list what is allowed", field);
        }
    }

    private static void requireOf(String field, @Nullable Set<String> names, Set<String> known) {
        if (names != null && !known.containsAll(names)) {
            throw new InvalidRequest(
                    field + " may list "
                            + String.join(", ", known.stream().sorted().toList()),
                    field);
        }
    }

    private static @Nullable Set<String> names(ObjectNode fields, String field) {
        JsonNode given = fields.path(field);
        if (given.isMissingNode() || given.isNull()) {
            return null;
        }
        Set<String> names = new LinkedHashSet<>();
        for (JsonNode each : given) {
            if (!each.isTextual()
                    || each.asText().isBlank()
                    || each.asText().length() > LONGEST_TEXT
                    || !isPlain(each.asText())
                    || names.size() == MOST_TEXTS) {
                throw new InvalidRequest(
                        "%s must be a list of at most %d texts of 1 to %d characters"
                                .formatted(field, MOST_TEXTS, LONGEST_TEXT),
                        field);
            }
            names.add(each.asText());
        }
        if (!given.isArray()) {
            throw new InvalidRequest(field + " must be a list of texts", field);
        }
        return names;
    }

    private static Grant.@Nullable Budget budget(ObjectNode fields) {
        ObjectNode given = object(fields, "budget", Set.of("limit_usd", "window"));
        if (given == null) {
            return null;
        }
        JsonNode limit = given.path("limit_usd");
        if (!limit.isNumber()) {
            throw new InvalidRequest("budget.limit_usd must be a number of US dollars", "budget.limit_usd");
        }
        JsonNode window = given.path("window");
        for (Grant.Window each : Grant.Window.values()) {
            if (window.isTextual() && word(each).equals(window.asText())) {
                return budget(limit.decimalValue(), each, "budget.limit_usd");
            }
        }
        throw new InvalidRequest("budget.window must be day, week, month or total", "budget.window");
    }

    /**
     * A budget of so many dollars.
     *
     * @throws InvalidRequest naming the field
     */
    static Grant.Budget budget(BigDecimal usd, Grant.Window window, String field) {
        if (usd.signum() < 0 || usd.compareTo(MOST_MONEY) > 0) {
            throw new InvalidRequest(field + " must be between 0 and " + MOST_MONEY, field);
        }
        try {
            return new Grant.Budget(usd.movePointRight(12).longValueExact(), window);
        } catch (ArithmeticException e) {
            throw new InvalidRequest(field + " has more than 12 decimals", field);
        }
    }

    private static Grant.Rates rates(ObjectNode fields) {
        ObjectNode given =
                object(fields, "rate_limit", Set.of("requests_per_minute", "tokens_per_minute", "concurrent"));
        return given == null
                ? Grant.Rates.NONE
                : new Grant.Rates(
                        small(number(given, "rate_limit", "requests_per_minute", MOST_REQUESTS)),
                        number(given, "rate_limit", "tokens_per_minute", MOST_TOKENS),
                        small(number(given, "rate_limit", "concurrent", MOST_REQUESTS)));
    }

    private static @Nullable Integer small(@Nullable Long number) {
        return number == null ? null : Math.toIntExact(number);
    }

    private static @Nullable Long number(ObjectNode fields, String at, String name, long most) {
        JsonNode given = fields.path(name);
        if (given.isMissingNode() || given.isNull()) {
            return null;
        }
        String field = at + "." + name;
        if (!given.isIntegralNumber() || !given.canConvertToLong() || given.asLong() < 1 || given.asLong() > most) {
            throw new InvalidRequest(field + " must be a whole number from 1 to " + most, field);
        }
        return given.asLong();
    }

    private static @Nullable ObjectNode object(ObjectNode fields, String field, Set<String> known) {
        JsonNode given = fields.path(field);
        if (given.isMissingNode() || given.isNull()) {
            return null;
        }
        if (!(given instanceof ObjectNode object)) {
            throw new InvalidRequest(field + " must be an object", field);
        }
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw new InvalidRequest(name + " is no field of " + field, field + "." + name);
            }
        });
        return object;
    }

    private static Map<String, String> tags(ObjectNode fields) {
        JsonNode given = fields.path("tags");
        if (given.isMissingNode() || given.isNull()) {
            return Map.of();
        }
        if (!(given instanceof ObjectNode tags)) {
            throw new InvalidRequest("tags must be an object of texts", "tags");
        }
        Map<String, String> read = new TreeMap<>();
        for (Map.Entry<String, JsonNode> tag : tags.properties()) {
            if (!tag.getValue().isTextual()) {
                throw new InvalidRequest("tags must be an object of texts", "tags." + tag.getKey());
            }
            read.put(tag.getKey(), tag.getValue().asText());
        }
        requireTags(read, "tags");
        return read;
    }

    /**
     * Holds tags of keys to the same measure as those that callers send.
     *
     * @throws InvalidRequest naming the field
     */
    static void requireTags(Map<String, String> tags, String field) {
        if (tags.size() > MOST_TAGS) {
            throw new InvalidRequest(field + " has more than " + MOST_TAGS + " tags", field);
        }
        tags.forEach((name, value) -> {
            if (name.isBlank()
                    || name.length() > LONGEST_TAG_NAME
                    || value.length() > LONGEST_TAG_VALUE
                    || !isPlain(name)
                    || !isPlain(value)) {
                throw new InvalidRequest(
                        field + " must have names of 1 to " + LONGEST_TAG_NAME + " and values of at most "
                                + LONGEST_TAG_VALUE + " characters, none of them a control character",
                        field);
            }
        });
    }
}
