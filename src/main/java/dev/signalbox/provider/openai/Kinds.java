package dev.signalbox.provider.openai;

import dev.signalbox.catalogue.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** What {@code kinds.properties} says about vendors and servers that speak like OpenAI. */
public final class Kinds {

    private final Properties data = new Properties();

    /** Reads it. */
    public Kinds() {
        try (@Nullable InputStream in = Kinds.class.getResourceAsStream("kinds.properties")) {
            if (in == null) {
                throw new IllegalStateException("kinds.properties is missing");
            }
            data.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The kinds, in the order in which they stand there. */
    List<Kind> all() {
        return Arrays.stream(data.getProperty("kinds").split(" "))
                .map(this::kind)
                .toList();
    }

    /** One kind. */
    public Kind kind(String name) {
        String variables = data.getProperty(name + ".key-variables", "");
        String address = data.getProperty(name + ".address-variable");
        return new Kind(
                name,
                data.getProperty(name + ".base-url"),
                variables.isEmpty() ? List.of() : Arrays.asList(variables.split(" ")),
                Boolean.parseBoolean(data.getProperty(name + ".needs-key", "false")),
                data.getProperty(name + ".example"),
                address == null ? null : new Kind.Address(address, url -> url));
    }

    /** What is said of one kind, by the names of the quirks. */
    public Map<String, String> said(String kind) {
        Map<String, String> said = new LinkedHashMap<>();
        String prefix = kind + ".";
        for (String key : data.stringPropertyNames()) {
            if (key.startsWith(prefix)) {
                said.put(key.substring(prefix.length()), data.getProperty(key).strip());
            }
        }
        return said;
    }
}
