package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.dialect.Disclosure;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Writes a prompt as a request for a message. */
final class AnthropicRequestEncoder {

    /** Members whose defaults fill up what the caller gave, in place of giving way to it whole. */
    private static final Set<String> FILLED_UP = Set.of("metadata", "output_config");

    /** Anthropic's names of what callers can set, to keep defaults from taking the place of something unsayable. */
    private static final Map<String, Setting> SETTINGS = Map.of(
            "temperature", Setting.TEMPERATURE,
            "top_p", Setting.TOP_P,
            "top_k", Setting.TOP_K,
            "stop_sequences", Setting.STOP);

    private final Prompt prompt;
    private final Dialect.Target target;
    private final ModelVersion version;
    private final Map<String, JsonNode> defaults;
    private final Disclosure disclosure = new Disclosure();
    private final ObjectNode body = Json.object();
    private final ToolNames names = new ToolNames();
    private final AnthropicTools tools;
    private final AnthropicTurns turns;

    AnthropicRequestEncoder(Prompt prompt, Dialect.Target target) {
        this.prompt = prompt;
        this.target = target;
        this.version = ModelVersion.of(target.model());
        this.defaults = AnthropicDefaults.of(target);
        CacheMarks marks = new CacheMarks(disclosure);
        this.tools = new AnthropicTools(prompt, version, names, marks, disclosure);
        this.turns = new AnthropicTurns(prompt.messages(), new AnthropicBlocks(disclosure, names, marks), disclosure);
    }

    Encoded encode() {
        body.put("model", target.model());
        body.set("max_tokens", maxTokens());
        Given format = prompt.setting(Setting.RESPONSE_FORMAT);
        if (format != null) {
            answerOtherwise(format);
        }
        ArrayNode system = turns.system();
        if (system != null) {
            body.set("system", system);
        }
        body.set("messages", turns.messages());
        tools.into(body);
        for (Setting setting : Setting.values()) {
            Given given = prompt.setting(setting);
            if (given != null && !given.value().isNull()) {
                say(setting, given);
            }
        }
        new AnthropicThinking(body, turns, version, defaults.get("thinking"), disclosure).say(prompt);
        defaults();
        if (target.stream()) {
            body.put("stream", true);
        }
        disclosure.leftovers(prompt);
        return new Encoded(body, disclosure.unsaid(), disclosure.emulated(), decoder());
    }

    /** How the answer is read, where names or the answer itself are not what they seem. */
    private @Nullable Supplier<Dialect.AnswerDecoder> decoder() {
        Map<String, String> remembered = names.remembered();
        String answerTool = tools.answerTool();
        return remembered.isEmpty() && answerTool == null
                ? null
                : () -> new AnthropicAnswerDecoder(remembered, answerTool);
    }

    private JsonNode maxTokens() {
        Given given = prompt.setting(Setting.MAX_OUTPUT_TOKENS);
        if (given != null && !given.value().isNull()) {
            return given.value();
        }
        JsonNode configured = defaults.get("max_tokens");
        if (configured != null) {
            return configured;
        }
        Integer most = target.maxOutputTokens();
        if (most == null) {
            throw new InvalidRequest(
                    "'max_tokens' is required, since the output limit of the model '" + target.model()
                            + "' is not known to the gateway",
                    "max_tokens");
        }
        return IntNode.valueOf(most);
    }

    private void say(Setting setting, Given given) {
        JsonNode value = given.value();
        switch (setting) {
            case MAX_OUTPUT_TOKENS,
                    PARALLEL_TOOL_CALLS,
                    REASONING_EFFORT,
                    THINKING_BUDGET,
                    THOUGHTS_WANTED -> {} // said elsewhere
            case RESPONSE_FORMAT -> responseFormat(given);
            case TEMPERATURE -> temperature(given);
            case TOP_P -> topP(given);
            case TOP_K -> topK(given);
            case STOP -> stop(given);
            case USER -> object("metadata").set("user_id", value);
            case FREQUENCY_PENALTY, PRESENCE_PENALTY -> unsaidUnless(0, given, "has no penalties");
            case CANDIDATES -> unsaidUnless(1, given, "gives one answer at a time");
            case SEED -> disclosure.unsaid(given.path(), "has no seed");
            case VERBOSITY -> disclosure.unsaid(given.path(), "has no verbosity");
            case DIMENSIONS, EMBEDDING_PURPOSE -> disclosure.unsaid(given.path(), "answers, and makes no vectors");
        }
    }

    private void temperature(Given given) {
        BigDecimal temperature = given.value().decimalValue();
        if (temperature.signum() < 0 || temperature.compareTo(BigDecimal.ONE) > 0) {
            disclosure.unsaid(given.path(), "takes temperatures only from 0 to 1");
        } else if (!version.takesSampling()) {
            if (temperature.compareTo(BigDecimal.ONE) != 0) {
                disclosure.unsaid(given.path(), "takes no temperature but 1");
            }
        } else {
            body.set("temperature", given.value());
        }
    }

    /** A top_p of 1 cuts nothing off, and many models refuse it beside a temperature. */
    private void topP(Given given) {
        boolean cutsNothing = given.value().decimalValue().compareTo(BigDecimal.ONE) == 0;
        if (!version.takesSampling()) {
            if (!cutsNothing) {
                disclosure.unsaid(given.path(), "takes no 'top_p'");
            }
        } else if (!cutsNothing || !body.has("temperature")) {
            body.set("top_p", given.value());
        }
    }

    private void topK(Given given) {
        if (version.takesSampling()) {
            body.set("top_k", given.value());
        } else {
            disclosure.unsaid(given.path(), "takes no 'top_k'");
        }
    }

    private void stop(Given given) {
        ArrayNode sequences = Json.mapper().createArrayNode();
        for (int i = 0; i < given.value().size(); i++) {
            JsonNode sequence = given.value().get(i);
            if (sequence.asText().isBlank()) {
                disclosure.unsaid(given.path() + "[" + i + "]", "takes no stop sequence that is blank");
            } else {
                sequences.add(sequence);
            }
        }
        if (!sequences.isEmpty()) {
            body.set("stop_sequences", sequences);
        }
    }

    private void unsaidUnless(int meaningless, Given given, String reason) {
        JsonNode value = given.value();
        if (!value.isNumber() || value.decimalValue().compareTo(BigDecimal.valueOf(meaningless)) != 0) {
            disclosure.unsaid(given.path(), reason);
        }
    }

    /**
     * A model that cannot be held to a schema has a tool for its answer, as has one that is to answer in JSON of any shape;
     * later models, which think unasked and then cannot be made to call a tool, are told to in words.
     */
    private void answerOtherwise(Given format) {
        boolean bySchema = format.value().path("schema") instanceof ObjectNode;
        switch (format.value().path("type").asText()) {
            case "json_schema" -> {
                if (bySchema && !version.takesSchemas()) {
                    tools.answerBy((ObjectNode) format.value().path("schema"), format);
                }
            }
            case "json_object" -> {
                if (version.takesSampling()) {
                    tools.answerBy(Json.object().put("type", "object"), format);
                } else {
                    turns.instruct("Answer with one JSON object and nothing else.");
                    disclosure.emulated(format.path());
                }
            }
            default -> {} // said in words of the vendor's own, or not at all
        }
    }

    /** Its name names the schema only for the caller's own language; its schema is always enforced. */
    private void responseFormat(Given given) {
        JsonNode schema = given.value().path("schema");
        switch (given.value().path("type").asText()) {
            case "text", "json_object" -> {} // what it does anyway, or said already
            case "json_schema" -> {
                if (!schema.isObject()) {
                    disclosure.unsaid(given.path(), "answers in JSON only by a schema");
                } else if (version.takesSchemas()) {
                    object("output_config")
                            .set(
                                    "format",
                                    Json.object().put("type", "json_schema").set("schema", schema));
                }
            }
            default -> disclosure.unsaid(given.path(), "knows no such form of an answer");
        }
    }

    private ObjectNode object(String member) {
        return body.get(member) instanceof ObjectNode there ? there : body.putObject(member);
    }

    private void defaults() {
        boolean thinks = body.has("thinking");
        defaults.forEach((name, fallback) -> {
            Setting setting = SETTINGS.get(name);
            boolean given = setting != null && prompt.setting(setting) != null;
            if (FILLED_UP.contains(name) && fallback instanceof ObjectNode object && body.has(name)) {
                ObjectNode there = object(name);
                object.properties().forEach(member -> there.putIfAbsent(member.getKey(), member.getValue()));
            } else if (!given && !body.has(name) && !AnthropicThinking.decidesOn(name, thinks)) {
                body.set(name, fallback);
            }
        });
    }
}
