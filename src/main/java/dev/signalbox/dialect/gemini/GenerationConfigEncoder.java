package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Prompt.ToolChoice;
import dev.signalbox.dialect.Disclosure;
import java.math.BigDecimal;

/** Writes the settings of a prompt as a {@code generationConfig}. */
final class GenerationConfigEncoder {

    private static final int MOST_STOPS = 5;
    private static final BigDecimal HOTTEST = BigDecimal.TWO;

    private final Prompt prompt;
    private final GeminiModel model;
    private final Disclosure disclosure;
    private final ObjectNode config = Json.object();

    GenerationConfigEncoder(Prompt prompt, GeminiModel model, Disclosure disclosure) {
        this.prompt = prompt;
        this.model = model;
        this.disclosure = disclosure;
    }

    /** The config; empty when there is nothing to say. */
    ObjectNode encode() {
        for (Setting setting : Setting.values()) {
            Given given = prompt.setting(setting);
            if (given != null && !given.value().isNull()) {
                say(setting, given);
            }
        }
        ObjectNode thinking = new GeminiThinking(model, disclosure).say(prompt);
        if (thinking != null) {
            config.set("thinkingConfig", thinking);
        }
        return config;
    }

    private void say(Setting setting, Given given) {
        JsonNode value = given.value();
        switch (setting) {
            case REASONING_EFFORT, THINKING_BUDGET, THOUGHTS_WANTED -> {} // said together
            case MAX_OUTPUT_TOKENS -> config.set("maxOutputTokens", value);
            case TEMPERATURE -> temperature(given);
            case TOP_P -> config.set("topP", value);
            case TOP_K -> config.set("topK", value);
            case SEED -> seed(given);
            case FREQUENCY_PENALTY -> penalty("frequencyPenalty", value);
            case PRESENCE_PENALTY -> penalty("presencePenalty", value);
            case STOP -> stop(given);
            case USER -> disclosure.hint(given.path(), "has no field for the caller's own users");
            case PARALLEL_TOOL_CALLS -> parallel(given);
            case CANDIDATES -> {
                if (value.asLong() != 1) {
                    disclosure.unsaid(given.path(), "gives one answer at a time");
                }
            }
            case VERBOSITY -> disclosure.unsaid(given.path(), "has no verbosity");
            case RESPONSE_FORMAT -> format(given);
            case DIMENSIONS, EMBEDDING_PURPOSE -> disclosure.unsaid(given.path(), "answers, and makes no vectors");
        }
    }

    private void temperature(Given given) {
        BigDecimal temperature = given.value().decimalValue();
        if (temperature.signum() < 0 || temperature.compareTo(HOTTEST) > 0) {
            disclosure.unsaid(given.path(), "takes temperatures only from 0 to 2");
        } else {
            config.set("temperature", given.value());
        }
    }

    private void seed(Given given) {
        if (given.value().isIntegralNumber() && given.value().canConvertToInt()) {
            config.set("seed", given.value());
        } else {
            disclosure.unsaid(given.path(), "takes seeds only of 32 bits");
        }
    }

    /** Some models refuse to hear of penalties, even of none. */
    private void penalty(String name, JsonNode value) {
        if (!value.isNumber() || value.decimalValue().signum() != 0) {
            config.set(name, value);
        }
    }

    private void stop(Given given) {
        JsonNode stops = given.value();
        if (stops.size() > MOST_STOPS) {
            disclosure.unsaid(given.path(), "takes " + MOST_STOPS + " stop sequences at most");
            return;
        }
        for (int i = 0; i < stops.size(); i++) {
            if (stops.get(i).asText().isEmpty()) {
                disclosure.unsaid(given.path() + "[" + i + "]", "takes no stop sequence that is empty");
            } else {
                config.withArray("stopSequences").add(stops.get(i));
            }
        }
    }

    private void parallel(Given given) {
        boolean oneAtATime = given.value().isBoolean() && !given.value().booleanValue();
        boolean mayCall = !prompt.tools().isEmpty() && !(prompt.toolChoice() instanceof ToolChoice.None);
        if (oneAtATime && mayCall) {
            disclosure.unsaid(given.path(), "may call several tools at once");
        }
    }

    /** A schema is always enforced, and its name names it only for the caller's own language. */
    private void format(Given given) {
        String type = given.value().path("type").asText();
        if (type.equals("text")) {
            return; // what it does anyway
        }
        JsonNode schema = given.value().path("schema");
        boolean json = type.equals("json_object") || (type.equals("json_schema") && schema.isObject());
        if (!json) {
            disclosure.unsaid(given.path(), "answers in words, in JSON, or by a schema");
        } else if (!model.isThird() && !prompt.tools().isEmpty()) {
            disclosure.unsaid(given.path(), "cannot be given tools and answer in JSON");
        } else {
            config.put("responseMimeType", "application/json");
            if (schema.isObject() && type.equals("json_schema")) {
                config.set("responseJsonSchema", schema);
            }
        }
    }
}
