package dev.signalbox.dialect.cohere;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.dialect.Disclosure;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a prompt as a request for {@code /v2/chat}. */
final class CohereRequest {

    private static final int MOST_STOPS = 5;
    private static final int MOST_TOP_K = 500;

    /** Names of defaults, those that are the same whatever the provider and Cohere's own, and what each of them sets. */
    private static final Map<String, Setting> SETTINGS = Map.ofEntries(
            Map.entry("max_tokens", Setting.MAX_OUTPUT_TOKENS),
            Map.entry("max_completion_tokens", Setting.MAX_OUTPUT_TOKENS),
            Map.entry("temperature", Setting.TEMPERATURE),
            Map.entry("top_p", Setting.TOP_P),
            Map.entry("p", Setting.TOP_P),
            Map.entry("top_k", Setting.TOP_K),
            Map.entry("k", Setting.TOP_K),
            Map.entry("seed", Setting.SEED),
            Map.entry("stop", Setting.STOP),
            Map.entry("stop_sequences", Setting.STOP),
            Map.entry("frequency_penalty", Setting.FREQUENCY_PENALTY),
            Map.entry("presence_penalty", Setting.PRESENCE_PENALTY),
            Map.entry("reasoning_effort", Setting.REASONING_EFFORT));

    private final Prompt prompt;
    private final Target target;
    private final Disclosure disclosure = new Disclosure();
    private final CohereNames names;
    private final ObjectNode body = Json.object();

    CohereRequest(Prompt prompt, Target target) {
        this.prompt = prompt;
        this.target = target;
        this.names = CohereNames.of(prompt);
    }

    Encoded encode() {
        body.put("model", target.model());
        body.set("messages", new CohereMessages(disclosure, names, target.fetched()).encode(prompt.messages()));
        new CohereTools(prompt, names, disclosure).say(body);
        for (Setting setting : Setting.values()) {
            Given given = given(setting);
            if (given != null) {
                say(setting, given);
            }
        }
        CohereThinking.say(body, given(Setting.REASONING_EFFORT), given(Setting.THINKING_BUDGET), disclosure);
        target.defaults().forEach((name, value) -> {
            if (!SETTINGS.containsKey(name) && !body.has(name)) {
                body.set(name, Json.mapper().<JsonNode>valueToTree(value));
            }
        });
        body.put("stream", target.stream());
        disclosure.leftovers(prompt);
        String model = target.model();
        return new Encoded(body, disclosure.unsaid(), disclosure.emulated(), () -> new CohereAnswer(model, names));
    }

    private @Nullable Given given(Setting setting) {
        Given given = prompt.setting(setting);
        if (given != null && !given.value().isNull()) {
            return given;
        }
        for (Map.Entry<String, Object> fallback : target.defaults().entrySet()) {
            if (SETTINGS.get(fallback.getKey()) == setting) {
                return new Given(Json.mapper().valueToTree(fallback.getValue()), fallback.getKey());
            }
        }
        return null;
    }

    private void say(Setting setting, Given given) {
        JsonNode value = given.value();
        switch (setting) {
            case MAX_OUTPUT_TOKENS -> body.set("max_tokens", value);
            case TEMPERATURE -> between("temperature", 0, 1, given, "takes temperatures only from 0 to 1");
            case TOP_P -> between("p", 0, 1, given, "takes a top_p only from 0 to 1");
            case TOP_K -> between("k", 0, MOST_TOP_K, given, "takes a top_k only from 0 to " + MOST_TOP_K);
            case SEED -> between("seed", 0, Long.MAX_VALUE, given, "takes no seed below 0");
            case FREQUENCY_PENALTY -> between("frequency_penalty", 0, 1, given, "takes penalties only from 0 to 1");
            case PRESENCE_PENALTY -> between("presence_penalty", 0, 1, given, "takes penalties only from 0 to 1");
            case STOP -> stop(given);
            case RESPONSE_FORMAT -> responseFormat(given);
            case REASONING_EFFORT, THINKING_BUDGET -> {} // said together
            case THOUGHTS_WANTED -> {
                if (!value.asBoolean(true)) {
                    disclosure.hint(given.path(), "shows what its models think");
                }
            }
            case USER -> disclosure.hint(given.path(), "has no field for an end user");
            case PARALLEL_TOOL_CALLS -> {
                if (!value.asBoolean(true)
                        && body.has("tools")
                        && !body.path("tool_choice").asText().equals("NONE")) {
                    disclosure.unsaid(given.path(), "cannot keep a model from calling several tools at once");
                }
            }
            case CANDIDATES -> {
                if (!value.isNumber() || value.decimalValue().compareTo(BigDecimal.ONE) != 0) {
                    disclosure.unsaid(given.path(), "gives one answer at a time");
                }
            }
            case VERBOSITY -> disclosure.unsaid(given.path(), "has no verbosity");
            case DIMENSIONS, EMBEDDING_PURPOSE -> disclosure.unsaid(given.path(), "answers, and makes no vectors");
        }
    }

    private void between(String name, long least, long most, Given given, String reason) {
        JsonNode value = given.value();
        BigDecimal number = value.decimalValue();
        if (value.isNumber()
                && number.compareTo(BigDecimal.valueOf(least)) >= 0
                && number.compareTo(BigDecimal.valueOf(most)) <= 0) {
            body.set(name, value);
        } else {
            disclosure.unsaid(given.path(), reason);
        }
    }

    private void stop(Given given) {
        JsonNode all = given.value();
        ArrayNode said = Json.mapper().createArrayNode();
        if (all.isTextual()) {
            said.add(all);
        }
        for (int i = 0; i < all.size(); i++) {
            if (i < MOST_STOPS) {
                said.add(all.get(i));
            } else {
                disclosure.unsaid(given.path() + "[" + i + "]", "takes " + MOST_STOPS + " stop sequences at most");
            }
        }
        if (!said.isEmpty()) {
            body.set("stop_sequences", said);
        }
    }

    /** A schema's name names it only for the caller's own language, and a schema is always enforced. */
    private void responseFormat(Given given) {
        String type = given.value().path("type").asText();
        JsonNode schema = given.value().path("schema");
        if (type.equals("text")) {
            return; // what it does anyway
        }
        if (!type.equals("json_object") && !type.equals("json_schema")) {
            disclosure.unsaid(given.path(), "answers in text, in JSON, or in JSON by a schema");
        } else if (body.has("tools")) {
            disclosure.unsaid(given.path(), "takes no response format beside tools");
        } else {
            ObjectNode said = body.putObject("response_format").put("type", "json_object");
            if (type.equals("json_schema") && schema.isObject()) {
                said.set("json_schema", schema);
            }
        }
    }
}
