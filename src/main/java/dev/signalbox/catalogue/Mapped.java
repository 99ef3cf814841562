package dev.signalbox.catalogue;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads properties that stand in no file as if they did: with the same defaults, the same conversions, and no expansion of
 * {@code ${...}}.
 */
public final class Mapped {

    private static final int ORDINAL = 100;

    private static final Pattern CODE = Pattern.compile("SRCFG\\d+: ");
    private static final Pattern UNKNOWN = Pattern.compile("^(\\S.*) in .* does not map to any root.*$");

    private Mapped() {}

    /**
     * What a mapping makes of properties.
     *
     * @param type one of the gateway's own mappings
     * @throws InvalidConfig when a value cannot be read, one is missing, or a key does not exist
     */
    public static <T> T of(Class<T> type, String prefix, Map<String, String> properties) {
        try {
            return new SmallRyeConfigBuilder()
                    .withSources(new PropertiesConfigSource(properties, "the admin API", ORDINAL))
                    .withConverter(Duration.class, ORDINAL, new DurationConverter())
                    .withMapping(type, prefix)
                    .withValidateUnknown(true)
                    .build()
                    .getConfigMapping(type, prefix);
        } catch (ConfigValidationException e) {
            throw invalid(e.getProblem(0).getMessage());
        } catch (IllegalArgumentException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    private static InvalidConfig invalid(String message) {
        String words = CODE.matcher(message).replaceAll("");
        var unknown = UNKNOWN.matcher(words);
        if (unknown.matches()) {
            return new InvalidConfig(unknown.group(1), "there is no such key");
        }
        int at = words.indexOf("signalbox.");
        if (at < 0) {
            return new InvalidConfig("signalbox", words);
        }
        String key = end(words.substring(at));
        String rest = words.substring(at + key.length()).strip();
        if (rest.startsWith("is required")) {
            return new InvalidConfig(key, "is required");
        }
        int why = words.indexOf("whilst being converted");
        return new InvalidConfig(
                key,
                why < 0
                        ? rest
                        : words.substring(why + "whilst being converted".length())
                                .strip());
    }

    /** The key that a message begins with; what is quoted in it may hold spaces. */
    private static String end(String message) {
        boolean quoted = false;
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ' ' && !quoted) {
                return message.substring(0, i);
            }
        }
        return message;
    }
}
