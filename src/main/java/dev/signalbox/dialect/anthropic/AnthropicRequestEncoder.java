package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Prompt.Tool;
import dev.signalbox.chat.Prompt.ToolChoice;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;
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
    private final Disclosure disclosure = new Disclosure();
    private final ObjectNode body = Json.object();
    private final AnthropicTurns turns;

    AnthropicRequestEncoder(Prompt prompt, Dialect.Target target) {
        this.prompt = prompt;
        this.target = target;
        this.turns = new AnthropicTurns(prompt.messages(), disclosure);
    }

    Encoded encode() {
        body.put("model", target.model());
        body.set("max_tokens", maxTokens());
        ArrayNode system = turns.system();
        if (system != null) {
            body.set("system", system);
        }
        body.set("messages", turns.messages());
        tools();
        toolChoice();
        for (Setting setting : Setting.values()) {
            Given given = prompt.setting(setting);
            if (given != null && !given.value().isNull()) {
                say(setting, given);
            }
        }
        new AnthropicThinking(body, turns, target, disclosure).say(prompt.setting(Setting.REASONING_EFFORT));
        defaults();
        if (target.stream()) {
            body.put("stream", true);
        }
        for (Leftover leftover : prompt.leftovers()) {
            if (!leftover.value().isNull()) {
                disclosure.unsaid(leftover.path(), "has no such field");
            }
        }
        return new Encoded(body, disclosure.unsaid(), disclosure.emulated());
    }

    private JsonNode maxTokens() {
        Given given = prompt.setting(Setting.MAX_OUTPUT_TOKENS);
        if (given != null && !given.value().isNull()) {
            return given.value();
        }
        Object most = target.defaults().get("max_tokens");
        if (most == null) {
            most = target.maxOutputTokens();
        }
        if (most == null) {
            throw new InvalidRequest(
                    "'max_tokens' is required, since the output limit of the model '" + target.model()
                            + "' is not known to the gateway",
                    "max_tokens");
        }
        return Json.mapper().valueToTree(most);
    }

    private void tools() {
        ArrayNode tools = Json.mapper().createArrayNode();
        for (Tool tool : prompt.tools()) {
            String name = AnthropicNames.tool(tool.name());
            if (name == null) {
                disclosure.unsaid(tool.path(), "takes names of tools only from 1 to 64 letters, digits, '_' and '-'");
                continue;
            }
            ObjectNode said = tools.addObject().put("name", name);
            String description = tool.description();
            if (description != null) {
                said.put("description", description);
            }
            said.set("input_schema", schema(tool));
            if (Boolean.TRUE.equals(tool.strict())) {
                said.put("strict", true);
            }
            JsonNode mark = tool.cacheMark();
            if (mark != null && !mark.isNull()) {
                said.set("cache_control", mark);
            }
        }
        if (!tools.isEmpty()) {
            body.set("tools", tools);
        }
    }

    /** The caller's schema, which must say that it is one of an object. */
    private ObjectNode schema(Tool tool) {
        JsonNode parameters = tool.parameters();
        ObjectNode schema = Json.object();
        if (parameters instanceof ObjectNode given && !given.isEmpty()) {
            if (given.has("type")) {
                return given;
            }
            schema.put("type", "object");
            schema.setAll(given);
            return schema;
        }
        if (parameters != null && !parameters.isNull() && !parameters.isObject()) {
            disclosure.unsaid(tool.path() + ".parameters", "takes only an object as the schema of a tool");
        }
        schema.put("type", "object").putObject("properties");
        return schema;
    }

    private void toolChoice() {
        ToolChoice choice = prompt.toolChoice();
        if (!body.has("tools")) {
            if (choice instanceof ToolChoice.Required || choice instanceof ToolChoice.Named) {
                disclosure.unsaid("tool_choice", "cannot demand a tool where there is none");
            }
            return;
        }
        Given parallel = prompt.setting(Setting.PARALLEL_TOOL_CALLS);
        boolean oneAtATime = parallel != null
                && parallel.value().isBoolean()
                && !parallel.value().booleanValue();
        ObjectNode said = switch (choice) {
            case null -> oneAtATime ? type("auto") : null;
            case ToolChoice.Auto _ -> type("auto");
            case ToolChoice.None _ -> type("none");
            case ToolChoice.Required _ -> type("any");
            case ToolChoice.Named(String name) -> named(name);
        };
        if (said == null) {
            return;
        }
        if (oneAtATime && !(choice instanceof ToolChoice.None)) {
            said.put("disable_parallel_tool_use", true);
        }
        body.set("tool_choice", said);
    }

    private @Nullable ObjectNode named(String tool) {
        String name = AnthropicNames.tool(tool);
        if (name == null) {
            disclosure.unsaid("tool_choice", "takes names of tools only from 1 to 64 letters, digits, '_' and '-'");
            return null;
        }
        return type("tool").put("name", name);
    }

    private static ObjectNode type(String type) {
        return Json.object().put("type", type);
    }

    private void say(Setting setting, Given given) {
        JsonNode value = given.value();
        switch (setting) {
            case MAX_OUTPUT_TOKENS, PARALLEL_TOOL_CALLS, REASONING_EFFORT -> {} // said elsewhere
            case TEMPERATURE -> temperature(given);
            case TOP_P -> topP(given);
            case TOP_K -> body.set("top_k", value);
            case STOP -> stop(given);
            case USER -> object("metadata").set("user_id", value);
            case FREQUENCY_PENALTY, PRESENCE_PENALTY -> unsaidUnless(0, given, "has no penalties");
            case CANDIDATES -> unsaidUnless(1, given, "gives one answer at a time");
            case SEED -> disclosure.unsaid(given.path(), "has no seed");
            case RESPONSE_FORMAT -> responseFormat(given);
        }
    }

    private void temperature(Given given) {
        BigDecimal temperature = given.value().decimalValue();
        if (temperature.signum() < 0 || temperature.compareTo(BigDecimal.ONE) > 0) {
            disclosure.unsaid(given.path(), "takes temperatures only from 0 to 1");
        } else {
            body.set("temperature", given.value());
        }
    }

    /** A top_p of 1 cuts nothing off, and many models refuse it beside a temperature. */
    private void topP(Given given) {
        boolean cutsNothing = given.value().decimalValue().compareTo(BigDecimal.ONE) == 0;
        if (!cutsNothing || !body.has("temperature")) {
            body.set("top_p", given.value());
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

    /** Its name names the schema only for the caller's own language; its schema is always enforced. */
    private void responseFormat(Given given) {
        JsonNode schema = given.value().path("schema");
        switch (given.value().path("type").asText()) {
            case "text" -> {} // what it does anyway
            case "json_schema" -> {
                if (schema.isObject()) {
                    object("output_config").set("format", type("json_schema").set("schema", schema));
                } else {
                    disclosure.unsaid(given.path(), "answers in JSON only by a schema");
                }
            }
            default -> disclosure.unsaid(given.path(), "answers in JSON only by a schema");
        }
    }

    private ObjectNode object(String member) {
        return body.get(member) instanceof ObjectNode there ? there : body.putObject(member);
    }

    private void defaults() {
        boolean thinks = body.has("thinking");
        target.defaults().forEach((name, value) -> {
            JsonNode fallback = Json.mapper().valueToTree(value);
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
