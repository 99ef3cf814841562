package dev.signalbox.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A provider or a model that came over the admin API.
 *
 * @param type which of the two
 * @param name its name
 * @param keys what it is, with the keys that configuration files have; secrets included
 * @param locked whether its secrets cannot be read, so that it cannot be used
 */
public record Definition(Type type, String name, ObjectNode keys, boolean locked) {

    /** The keys of a provider that hold secrets, or may. */
    public static final List<String> SECRETS = List.of("api-keys", "credentials", "headers");

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");
    private static final int LONGEST_NAME = 200;

    /** What can be defined. */
    public enum Type {
        /** An upstream account or server. */
        PROVIDER("providers"),
        /** A public model. */
        MODEL("models");

        private final String room;

        Type(String room) {
            this.room = room;
        }

        /** As it is called in configuration and addresses: {@code providers} or {@code models}. */
        public String room() {
            return room;
        }

        /** In a sentence. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Definition {
        keys = keys.deepCopy();
    }

    /** One whose secrets are known. */
    public Definition(Type type, String name, ObjectNode keys) {
        this(type, name, keys, false);
    }

    /**
     * Whether something can have that name: it stands in keys of the configuration.
     *
     * @throws InvalidConfig when it cannot
     */
    static void requireName(Type type, String name) {
        boolean usable = !name.isBlank()
                && name.length() <= LONGEST_NAME
                && name.codePoints()
                        .noneMatch(c -> Character.isISOControl(c)
                                || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)
                                || "\"\\[]".indexOf(c) >= 0);
        if (!usable) {
            throw new InvalidConfig(
                    "signalbox." + type.room() + "." + name.replaceAll("[\\p{Cntrl}]", "?") + ".name",
                    "must have 1 to " + LONGEST_NAME
                            + " characters, and no quotes, brackets, backslashes or control characters");
        }
    }

    /** The beginning of its keys as messages say it. */
    String at() {
        return "signalbox." + type.room() + "." + name;
    }

    /** The beginning of its keys as the configuration has it. */
    private String prefix() {
        return "signalbox." + type.room() + "." + segment(name);
    }

    /** As properties of the configuration. */
    public Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        collect(prefix(), keys, type == Type.PROVIDER, properties);
        return properties;
    }

    /** Its properties without those of its own kind. */
    Map<String, String> common(Set<String> ofItsKind) {
        ObjectNode common = keys.deepCopy();
        common.remove(ofItsKind);
        return new Definition(type, name, common, locked).properties();
    }

    /** What its kind alone can be told, by the names of the keys. */
    Map<String, String> own(Set<String> ofItsKind) {
        Map<String, String> own = new LinkedHashMap<>();
        for (String key : ofItsKind) {
            JsonNode value = keys.path(key);
            if (value.isValueNode() && !value.isNull()) {
                own.put(key, value.asText());
            } else if (value.isContainerNode()) {
                throw new InvalidConfig(at() + "." + key, "must be a single value");
            }
        }
        return own;
    }

    /** Whether a key in a message is one of its own. */
    boolean holds(String key) {
        return key.equals(at()) || key.startsWith(at() + ".") || key.equals(prefix()) || key.startsWith(prefix() + ".");
    }

    /** The rest of one of its keys; empty for the whole of it. */
    String field(String key) {
        String beginning = key.startsWith(at()) ? at() : prefix();
        return key.length() > beginning.length() ? key.substring(beginning.length() + 1) : "";
    }

    private static void collect(String at, ObjectNode object, boolean provider, Map<String, String> into) {
        object.properties().forEach(member -> {
            String path = at + "." + segment(member.getKey());
            if (provider && member.getKey().equals("defaults") && member.getValue() instanceof ObjectNode defaults) {
                defaults.properties()
                        .forEach(setting ->
                                into.put(path + "." + segment(setting.getKey()), Json.text(setting.getValue())));
            } else {
                collect(path, member.getValue(), into);
            }
        });
    }

    private static void collect(String at, JsonNode value, Map<String, String> into) {
        if (value instanceof ObjectNode object) {
            collect(at, object, false, into);
        } else if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                collect(at + "[" + i + "]", value.get(i), into);
            }
        } else if (!value.isNull()) {
            into.put(at, value.asText());
        }
    }

    /** A name as a part of a key of the configuration. */
    public static String segment(String name) {
        return PLAIN.matcher(name).matches()
                ? name
                : '"' + name.replace("\"", "").replace("\\", "") + '"';
    }

    /** Its name alone: it holds secrets. */
    @Override
    public String toString() {
        return type.word() + " " + name;
    }
}
