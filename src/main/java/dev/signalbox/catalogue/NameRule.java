package dev.signalbox.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** By which names a model goes. Case makes no difference but for patterns, as the catalogue's source has it. */
sealed interface NameRule {

    /**
     * Whether the name fits.
     *
     * @param lower the same name in lower case
     */
    boolean fits(String name, String lower);

    /** Gives the names, or parts of names, that the rule says in so many words. */
    default void literals(Consumer<String> sink) {}

    /** The rule that the catalogue has as {@code {equals: ...}} and the like. */
    static NameRule of(JsonNode json) {
        Map.Entry<String, JsonNode> only = json.properties().iterator().next();
        JsonNode value = only.getValue();
        return switch (only.getKey()) {
            case "or" -> new Any(all(value));
            case "and" -> new All(all(value));
            case "equals" -> new Same(value.asText(), lower(value));
            case "starts_with" -> new Begins(value.asText(), lower(value));
            case "ends_with" -> new Ends(value.asText(), lower(value));
            case "contains" -> new Holds(value.asText(), lower(value));
            case "regex" -> new Matches(Pattern.compile(value.asText()));
            default -> throw new IllegalStateException("the model catalogue has a rule '" + only.getKey() + "'");
        };
    }

    private static List<NameRule> all(JsonNode rules) {
        List<NameRule> all = new ArrayList<>(rules.size());
        rules.forEach(rule -> all.add(of(rule)));
        return List.copyOf(all);
    }

    private static String lower(JsonNode text) {
        return text.asText().toLowerCase(Locale.ROOT);
    }

    /** One of them fits. */
    record Any(List<NameRule> rules) implements NameRule {
        @Override
        public boolean fits(String name, String lower) {
            for (NameRule rule : rules) {
                if (rule.fits(name, lower)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public void literals(Consumer<String> sink) {
            rules.forEach(rule -> rule.literals(sink));
        }
    }

    /** All of them fit. */
    record All(List<NameRule> rules) implements NameRule {
        @Override
        public boolean fits(String name, String lower) {
            for (NameRule rule : rules) {
                if (!rule.fits(name, lower)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public void literals(Consumer<String> sink) {
            rules.forEach(rule -> rule.literals(sink));
        }
    }

    /** The name is that. */
    record Same(String text, String lowered) implements NameRule {
        @Override
        public boolean fits(String name, String lower) {
            return lower.equals(lowered);
        }

        @Override
        public void literals(Consumer<String> sink) {
            sink.accept(text);
        }
    }

    /** The name begins with that. */
    record Begins(String text, String lowered) implements NameRule {
        @Override
        public boolean fits(String name, String lower) {
            return lower.startsWith(lowered);
        }

        @Override
        public void literals(Consumer<String> sink) {
            sink.accept(text);
        }
    }

    /** The name ends with that. */
    record Ends(String text, String lowered) implements NameRule {
        @Override
        public boolean fits(String name, String lower) {
            return lower.endsWith(lowered);
        }

        @Override
        public void literals(Consumer<String> sink) {
            sink.accept(text);
        }
    }

    /** The name holds that. */
    record Holds(String text, String lowered) implements NameRule {
        @Override
        public boolean fits(String name, String lower) {
            return lower.contains(lowered);
        }

        @Override
        public void literals(Consumer<String> sink) {
            sink.accept(text);
        }
    }

    /** The pattern is found in the name. */
    record Matches(Pattern pattern) implements NameRule {
        @Override
        public boolean fits(String name, String lower) {
            return pattern.matcher(name).find();
        }
    }
}
