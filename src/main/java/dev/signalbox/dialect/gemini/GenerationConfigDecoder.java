package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Setting;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@code generationConfig}.
 *
 * @see <a href="https://ai.google.dev/api/generate-content#generationconfig">GenerationConfig</a>
 */
final class GenerationConfigDecoder {

    private static final Set<String> LEVELS = Set.of("minimal", "low", "medium", "high");

    private final Fields config;
    private final Map<Setting, Given> settings;
    private final List<Leftover> leftovers;

    GenerationConfigDecoder(Fields config, Map<Setting, Given> settings, List<Leftover> leftovers) {
        this.config = config;
        this.settings = settings;
        this.leftovers = leftovers;
    }

    void decode() {
        give(Setting.MAX_OUTPUT_TOKENS, config.integer("maxOutputTokens"), "maxOutputTokens");
        give(Setting.TEMPERATURE, config.number("temperature"), "temperature");
        give(Setting.TOP_P, config.number("topP"), "topP");
        give(Setting.TOP_K, config.integer("topK"), "topK");
        give(Setting.CANDIDATES, config.integer("candidateCount"), "candidateCount");
        give(Setting.SEED, config.integer("seed"), "seed");
        give(Setting.PRESENCE_PENALTY, config.number("presencePenalty"), "presencePenalty");
        give(Setting.FREQUENCY_PENALTY, config.number("frequencyPenalty"), "frequencyPenalty");
        stop();
        format();
        thinking();
        modalities();
        config.leave(leftovers);
    }

    private void give(Setting setting, @Nullable JsonNode value, String name) {
        if (value != null) {
            settings.put(setting, new Given(value, config.path(name)));
        }
    }

    private void stop() {
        ArrayNode stop = config.array("stopSequences");
        for (int i = 0; stop != null && i < stop.size(); i++) {
            if (!stop.get(i).isTextual()) {
                throw Fields.wrong(config.path("stopSequences") + "[" + i + "]", "a string");
            }
        }
        if (stop != null && !stop.isEmpty()) {
            give(Setting.STOP, stop, "stopSequences");
        }
    }

    private void format() {
        String type = config.text("responseMimeType");
        if (type == null || type.isEmpty()) {
            return; // schemas mean nothing without it, and are left over
        }
        switch (type) {
            case "text/plain" -> give(Setting.RESPONSE_FORMAT, Json.object().put("type", "text"), "responseMimeType");
            case "application/json" -> json();
            default -> leftovers.add(new Leftover(config.path("responseMimeType"), TextNode.valueOf(type)));
        }
    }

    private void json() {
        String name = config.has("responseJsonSchema")
                ? "responseJsonSchema"
                : config.has("_responseJsonSchema") ? "_responseJsonSchema" : "responseSchema";
        JsonNode schema = config.any(name);
        if (schema == null) {
            give(Setting.RESPONSE_FORMAT, Json.object().put("type", "json_object"), "responseMimeType");
            return;
        }
        ObjectNode format = Json.object().put("type", "json_schema");
        format.set("schema", name.equals("responseSchema") ? GeminiSchema.jsonSchema(schema) : schema);
        give(Setting.RESPONSE_FORMAT, format, name);
    }

    private void thinking() {
        ObjectNode given = config.objectOrNull("thinkingConfig");
        if (given == null) {
            return;
        }
        Fields thinking = Fields.of(given, config.path("thinkingConfig"));
        JsonNode budget = thinking.integer("thinkingBudget");
        if (budget != null) {
            settings.put(Setting.THINKING_BUDGET, new Given(budget, thinking.path("thinkingBudget")));
        }
        String level = thinking.text("thinkingLevel");
        if (level != null && LEVELS.contains(level.toLowerCase(Locale.ROOT))) {
            settings.put(
                    Setting.REASONING_EFFORT,
                    new Given(TextNode.valueOf(level.toLowerCase(Locale.ROOT)), thinking.path("thinkingLevel")));
        } else if (level != null && !level.equals("THINKING_LEVEL_UNSPECIFIED")) {
            leftovers.add(new Leftover(thinking.path("thinkingLevel"), TextNode.valueOf(level)));
        }
        JsonNode shown = thinking.bool("includeThoughts");
        if (shown != null) {
            settings.put(Setting.THOUGHTS_WANTED, new Given(shown, thinking.path("includeThoughts")));
        }
        thinking.leave(leftovers);
    }

    /** Words are what every model answers with. */
    private void modalities() {
        ArrayNode modalities = config.array("responseModalities");
        if (modalities != null
                && !(modalities.size() == 1 && modalities.get(0).asText().equalsIgnoreCase("text"))) {
            leftovers.add(new Leftover(config.path("responseModalities"), modalities));
        }
    }
}
