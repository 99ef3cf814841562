package dev.signalbox.provider.openai;

import dev.signalbox.catalogue.InvalidConfig;
import dev.signalbox.chat.Dialect.Quirks;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Wildcard;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How a vendor or server speaks like OpenAI: what it has, and how it differs. Made of the same words wherever they stand, in
 * {@code kinds.properties} or in the configuration.
 *
 * @param quirks how it differs, whatever the model
 * @param operations what can be asked there
 * @param responses whether it has {@code /responses}
 * @param moderationModel the model that judges when a caller names none; null: there is none
 * @param reasoningModels models that take a wish for how much to think, as names or wildcards; empty when nobody knows
 * @param reasoningRename fields that those models want under another name
 */
public record Compatible(
        Quirks quirks,
        Set<Operation> operations,
        boolean responses,
        @Nullable String moderationModel,
        List<String> reasoningModels,
        Map<String, String> reasoningRename) {

    private static final Set<String> PARTS = Set.of("text", "image", "audio", "file", "document-url");
    private static final Set<String> FORMATS = Set.of("text", "json_object", "json_schema");
    private static final Set<String> LIMITS = Set.of("max_tokens", "max_completion_tokens");

    public Compatible {
        operations = Set.copyOf(operations);
        reasoningModels = List.copyOf(reasoningModels);
        reasoningRename = Map.copyOf(reasoningRename);
    }

    /**
     * Reads it.
     *
     * @param said by the names of the quirks
     * @param key where the quirk of that name stands, for complaints
     * @throws InvalidConfig when a value is none that its quirk can have
     */
    public static Compatible of(Map<String, String> said, UnaryOperator<String> key) {
        return new Reading(said, key).compatible();
    }

    /** What is said of a kind, with what a configuration says over it; names to be changed come together. */
    public static Map<String, String> over(Map<String, String> kind, Map<String, String> configured) {
        Map<String, String> all = new HashMap<>(kind);
        configured.forEach(
                (name, value) -> all.merge(name, value, (was, is) -> name.equals("rename") ? was + " " + is : is));
        return all;
    }

    /** The same without {@code /responses}. */
    public Compatible withoutResponses() {
        return new Compatible(quirks, operations, false, moderationModel, reasoningModels, reasoningRename);
    }

    /** How it differs with a model. */
    public Quirks quirks(String model) {
        if (reasoningModels.isEmpty()) {
            return quirks;
        }
        boolean thinks = reasoningModels.stream().anyMatch(pattern -> Wildcard.matches(pattern, model));
        Map<String, String> renamed = new LinkedHashMap<>(quirks.renamed());
        if (thinks) {
            renamed.putAll(reasoningRename);
        }
        return new Quirks(
                renamed,
                quirks.usageInStream(),
                quirks.refused(),
                quirks.taken(),
                quirks.parts(),
                quirks.formats(),
                quirks.outputLimit(),
                quirks.mostStops(),
                quirks.toolCallIdLength(),
                quirks.requiredTool(),
                quirks.thoughts(),
                quirks.thoughtsWithCalls(),
                quirks.developers(),
                thinks);
    }

    /** One reading of what is said. */
    private record Reading(Map<String, String> said, UnaryOperator<String> key) {

        Compatible compatible() {
            var quirks = new Quirks(
                    pairs("rename"),
                    bool("usage-in-stream", true),
                    Set.copyOf(words("refuse")),
                    Set.copyOf(words("take")),
                    of("parts", PARTS),
                    of("response-formats", FORMATS),
                    one("output-limit", LIMITS, "max_completion_tokens"),
                    count("most-stops"),
                    count("tool-call-id-length"),
                    said.getOrDefault("required-tool", "required"),
                    thoughts(),
                    bool("thoughts-with-calls", false),
                    bool("developer-role", true),
                    null);
            Set<Operation> operations = new HashSet<>(Set.of(Operation.CHAT));
            has("completions", Operation.TEXT_COMPLETION, operations);
            has("embeddings", Operation.EMBEDDINGS, operations);
            has("moderations", Operation.MODERATION, operations);
            return new Compatible(
                    quirks,
                    operations,
                    bool("responses", false),
                    said.get("moderation-model"),
                    words("reasoning-models"),
                    pairs("reasoning-rename"));
        }

        private void has(String name, Operation operation, Set<Operation> operations) {
            if (bool(name, false)) {
                operations.add(operation);
            }
        }

        private Quirks.Thoughts thoughts() {
            String word = said.getOrDefault("thoughts", "unsaid");
            for (Quirks.Thoughts thoughts : Quirks.Thoughts.values()) {
                if (thoughts.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(word)) {
                    return thoughts;
                }
            }
            throw wrong("thoughts", "must be unsaid, reasoning-content, reasoning or content");
        }

        private boolean bool(String name, boolean otherwise) {
            return switch (said.getOrDefault(name, String.valueOf(otherwise))) {
                case "true" -> true;
                case "false" -> false;
                default -> throw wrong(name, "must be true or false");
            };
        }

        private int count(String name) {
            try {
                int count = Integer.parseInt(said.getOrDefault(name, "0"));
                if (count >= 0 && count <= 40) {
                    return count;
                }
            } catch (NumberFormatException _) {
                // told below
            }
            throw wrong(name, "must be a number from 0 to 40");
        }

        private String one(String name, Set<String> words, String otherwise) {
            String word = said.getOrDefault(name, otherwise);
            if (!words.contains(word)) {
                throw wrong(
                        name,
                        "must be one of "
                                + String.join(", ", words.stream().sorted().toList()));
            }
            return word;
        }

        private Set<String> of(String name, Set<String> known) {
            Set<String> words = Set.copyOf(words(name));
            if (!known.containsAll(words)) {
                throw wrong(
                        name,
                        "must be of "
                                + String.join(", ", known.stream().sorted().toList()));
            }
            return words;
        }

        private Map<String, String> pairs(String name) {
            Map<String, String> pairs = new LinkedHashMap<>();
            for (String pair : words(name)) {
                int colon = pair.indexOf(':');
                if (colon <= 0 || colon == pair.length() - 1) {
                    throw wrong(name, "must be pairs such as max_tokens:max_completion_tokens");
                }
                pairs.put(pair.substring(0, colon), pair.substring(colon + 1));
            }
            return pairs;
        }

        private List<String> words(String name) {
            String text = said.getOrDefault(name, "").strip();
            return text.isEmpty() ? List.of() : List.of(text.split("\\s+"));
        }

        private InvalidConfig wrong(String name, String why) {
            return new InvalidConfig(key.apply(name), why + ", but is '" + said.get(name) + "'");
        }
    }
}
