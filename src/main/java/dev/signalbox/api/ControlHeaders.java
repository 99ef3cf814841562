package dev.signalbox.api;

import dev.signalbox.chat.Caller;
import dev.signalbox.chat.Controls;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.SignalboxException;
import io.quarkus.runtime.configuration.DurationConverter;
import io.vertx.core.MultiMap;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what a caller asks of the gateway itself; nonsense is refused, never passed over. */
final class ControlHeaders {

    private static final String PREFIX = "x-signalbox-";
    private static final int MOST_TAGS = 10;
    private static final int LONGEST_TAG_NAME = 64;
    private static final int LONGEST_TAG_VALUE = 128;
    private static final int MOST_RETRIES = 10;
    private static final int LONGEST_MONEY = 32;
    private static final BigDecimal MOST_MONEY = new BigDecimal(1_000_000);
    private static final Set<String> AIMS = Set.of("cost", "speed", "reliability");
    private static final Set<String> QUALITIES = Set.of("low", "medium", "high");

    /** Ours in answers; a proxy between two gateways may send them along. */
    private static final Set<String> ANSWERS =
            Set.of("request-id", "model", "attempts", "cost-usd", "latency-ms", "overhead-ms", "dropped", "emulated");

    private ControlHeaders() {}

    /**
     * @throws SignalboxException 400 {@code invalid_request} naming the header, or 403 {@code control_not_allowed}
     */
    static Controls read(MultiMap headers, Caller caller) {
        Map<String, String> given = null;
        for (Map.Entry<String, String> header : headers) {
            String name = header.getKey();
            if (name.regionMatches(true, 0, PREFIX, 0, PREFIX.length())) {
                given = given == null ? new LinkedHashMap<>() : given;
                put(
                        given,
                        name.substring(PREFIX.length()).toLowerCase(Locale.ROOT),
                        header.getValue().trim(),
                        caller);
            }
        }
        return given == null ? Controls.NONE : controls(given);
    }

    private static void put(Map<String, String> given, String name, String value, Caller caller) {
        if (ANSWERS.contains(name)) {
            return;
        }
        if (!caller.mayControl(name)) {
            throw new SignalboxException(
                    403,
                    "control_not_allowed",
                    "the key may not use the header " + PREFIX + Bodies.shown(name),
                    PREFIX + name);
        }
        if (given.put(name, value) != null) {
            throw wrong(name, "stands twice");
        }
    }

    private static Controls controls(Map<String, String> given) {
        String strategy = null;
        String provider = null;
        Boolean fallback = null;
        List<String> fallbackModels = null;
        Duration timeout = null;
        Integer retries = null;
        boolean strict = false;
        Map<String, String> tags = Map.of();
        String session = null;
        Set<String> optimize = Set.of();
        String quality = null;
        Long maxCost = null;
        Long targetCost = null;
        for (Map.Entry<String, String> header : given.entrySet()) {
            String value = header.getValue();
            switch (header.getKey()) {
                case "strategy" -> strategy = filled("strategy", value);
                case "provider" -> provider = filled("provider", value);
                case "fallback" -> {
                    fallback = !value.equalsIgnoreCase("false");
                    fallbackModels = value.equalsIgnoreCase("true") || !fallback ? null : models(value);
                }
                case "timeout" -> timeout = timeout(value);
                case "retries" -> retries = retries(value);
                case "tags" -> tags = tags(value);
                case "translation" -> strict = translation(value);
                case "session" -> session = filled("session", value);
                case "optimize" -> optimize = optimize(value);
                case "quality" -> quality = quality(value);
                case "max-cost" -> maxCost = picos("max-cost", value);
                case "target-cost" -> targetCost = picos("target-cost", value);
                case "cache" -> cache(value);
                default -> throw wrong(header.getKey(), "is not known here");
            }
        }
        return new Controls(
                strategy,
                provider,
                fallback,
                fallbackModels,
                timeout,
                retries,
                strict,
                tags,
                new Controls.Wishes(session, optimize, quality, maxCost, targetCost));
    }

    private static String filled(String name, String value) {
        if (value.isEmpty() || value.length() > 256) {
            throw wrong(name, "must have from 1 to 256 characters");
        }
        return value;
    }

    private static Set<String> optimize(String value) {
        Set<String> aims = new HashSet<>();
        for (String aim : value.split(",", -1)) {
            String name = aim.trim();
            if (!AIMS.contains(name) || !aims.add(name)) {
                throw wrong("optimize", "must be some of cost, speed and reliability, each once, separated by commas");
            }
        }
        return aims;
    }

    private static String quality(String value) {
        if (QUALITIES.contains(value)) {
            return value;
        }
        throw wrong("quality", "must be low, medium or high");
    }

    /** US dollars as millionths of micro-dollars; what is smaller than one of those is cut off. */
    private static long picos(String name, String value) {
        try {
            if (value.length() <= LONGEST_MONEY) {
                BigDecimal usd = new BigDecimal(value);
                if (usd.signum() >= 0 && usd.compareTo(MOST_MONEY) <= 0 && usd.scale() <= LONGEST_MONEY) {
                    return usd.movePointRight(12).longValue();
                }
            }
        } catch (NumberFormatException e) {
            throw wrong(name, "must be US dollars such as 0.01, not '" + Bodies.shown(value) + "'");
        }
        throw wrong(name, "must be US dollars from 0 to " + MOST_MONEY);
    }

    private static List<String> models(String value) {
        List<String> models = Arrays.stream(value.split(",")).map(String::trim).toList();
        if (models.isEmpty() || models.contains("")) {
            throw wrong("fallback", "must be true, false, or models separated by commas");
        }
        return models;
    }

    private static Duration timeout(String value) {
        try {
            Duration duration = DurationConverter.parseDuration(value);
            if (duration != null && duration.isPositive() && duration.compareTo(Duration.ofHours(24)) <= 0) {
                return duration;
            }
        } catch (IllegalArgumentException e) {
            throw wrong("timeout", "must be a duration such as 20s or 500ms, not '" + Bodies.shown(value) + "'");
        }
        throw wrong("timeout", "must be longer than nothing and at most 24h");
    }

    private static int retries(String value) {
        if (value.matches("\\d{1,2}") && Integer.parseInt(value) <= MOST_RETRIES) {
            return Integer.parseInt(value);
        }
        throw wrong("retries", "must be a whole number from 0 to " + MOST_RETRIES);
    }

    private static boolean translation(String value) {
        if (value.equals("strict")) {
            return true;
        }
        throw wrong("translation", "must be strict");
    }

    /** Nothing is cached, so all of these hold already; they are checked so that nonsense does not pass. */
    private static void cache(String value) {
        if (!value.matches("no-store|no-cache|max-age=\\d{1,9}|semantic|off")) {
            throw wrong("cache", "must be no-store, no-cache, max-age=SECONDS, semantic or off");
        }
    }

    private static Map<String, String> tags(String value) {
        Map<String, String> tags = new LinkedHashMap<>();
        for (String pair : value.split(",")) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? "" : pair.substring(0, equals).trim();
            String text = pair.substring(equals + 1).trim();
            if (name.isEmpty() || name.length() > LONGEST_TAG_NAME || text.length() > LONGEST_TAG_VALUE) {
                throw wrong(
                        "tags",
                        "must be name=value pairs separated by commas, names of 1 to " + LONGEST_TAG_NAME
                                + " and values of at most " + LONGEST_TAG_VALUE + " characters");
            }
            if (tags.put(name, text) != null) {
                throw wrong("tags", "has the name '" + Bodies.shown(name) + "' twice");
            }
        }
        if (tags.size() > MOST_TAGS) {
            throw wrong("tags", "may have at most " + MOST_TAGS + " pairs");
        }
        return tags;
    }

    private static InvalidRequest wrong(String name, @Nullable String problem) {
        String header = PREFIX + Bodies.shown(name);
        return new InvalidRequest(header + " " + problem, header);
    }
}
