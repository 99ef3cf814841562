package dev.signalbox.dialect.bedrock;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The families of models, read from {@code families.properties}; the first whose pattern is in a model's id is its own. */
final class Families {

    private static final String UNKNOWN = "unknown";

    private final Map<Pattern, Family> byPattern = new LinkedHashMap<>();
    private final Family unknown;

    Families() {
        Properties data = new Properties();
        try (@Nullable InputStream in = Families.class.getResourceAsStream("families.properties")) {
            if (in == null) {
                throw new IllegalStateException("families.properties is missing");
            }
            data.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (String name : data.getProperty("families").split(" ")) {
            byPattern.put(Pattern.compile(data.getProperty(name + ".pattern")), family(data, name));
        }
        unknown = family(data, UNKNOWN);
    }

    /** The family of a model, of an inference profile, or of the model that an ARN names. */
    Family of(String model) {
        for (Map.Entry<Pattern, Family> entry : byPattern.entrySet()) {
            if (entry.getKey().matcher(model).find()) {
                return entry.getValue();
            }
        }
        return unknown;
    }

    private static Family family(Properties data, String name) {
        return new Family(
                Family.Thinking.valueOf(text(data, name, "thinking", "none")
                        .toUpperCase(Locale.ROOT)
                        .replace('-', '_')),
                orNull(text(data, name, "top-k", "")),
                words(text(data, name, "more-fields", "")),
                is(data, name, "schemas"),
                is(data, name, "forced-tools"),
                is(data, name, "one-tool"),
                words(text(data, name, "cache-points", "")),
                is(data, name, "long-cache"),
                is(data, name, "prefill"),
                is(data, name, "tool-status"),
                is(data, name, "sound"),
                orNull(text(data, name, "stop-sequence", "")),
                is(data, name, "counting"));
    }

    /** Its own value, else that of the family it is like. */
    private static String text(Properties data, String name, String trait, String otherwise) {
        String own = data.getProperty(name + "." + trait);
        if (own != null) {
            return own;
        }
        String like = data.getProperty(name + ".like");
        return like == null ? otherwise : text(data, like, trait, otherwise);
    }

    private static boolean is(Properties data, String name, String trait) {
        return Boolean.parseBoolean(text(data, name, trait, "false"));
    }

    private static Set<String> words(String text) {
        return Arrays.stream(text.split(" ")).filter(word -> !word.isEmpty()).collect(Collectors.toSet());
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
