package dev.signalbox.dialect.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Prompt.Tool;
import dev.signalbox.chat.Prompt.ToolChoice;
import dev.signalbox.dialect.Disclosure;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes a prompt as a request for {@code /api/chat}. A prompt that does not fit the model's window is to be refused, and not
 * cut at its beginning, as the server would do unasked; a default {@code truncate} changes that.
 */
final class OllamaRequest {

    /** Names of defaults that are the same whatever the provider, and what each of them sets. */
    private static final Map<String, Setting> CANONICAL = Map.ofEntries(
            Map.entry("max_tokens", Setting.MAX_OUTPUT_TOKENS),
            Map.entry("max_completion_tokens", Setting.MAX_OUTPUT_TOKENS),
            Map.entry("num_predict", Setting.MAX_OUTPUT_TOKENS),
            Map.entry("temperature", Setting.TEMPERATURE),
            Map.entry("top_p", Setting.TOP_P),
            Map.entry("top_k", Setting.TOP_K),
            Map.entry("seed", Setting.SEED),
            Map.entry("stop", Setting.STOP),
            Map.entry("frequency_penalty", Setting.FREQUENCY_PENALTY),
            Map.entry("presence_penalty", Setting.PRESENCE_PENALTY),
            Map.entry("reasoning_effort", Setting.REASONING_EFFORT));

    /** Defaults that stand beside the options; all others are options. */
    private static final Set<String> BESIDE_OPTIONS =
            Set.of("keep_alive", "think", "format", "truncate", "shift", "logprobs", "top_logprobs");

    private final Prompt prompt;
    private final Target target;
    private final Disclosure disclosure = new Disclosure();
    private final ObjectNode body = Json.object();
    private final ObjectNode options = Json.object();

    OllamaRequest(Prompt prompt, Target target) {
        this.prompt = prompt;
        this.target = target;
    }

    Encoded encode() {
        body.put("model", target.model());
        body.set("messages", new OllamaMessages(disclosure, target.fetched()).encode(prompt.messages()));
        tools();
        for (Setting setting : Setting.values()) {
            Given given = given(setting);
            if (given != null) {
                say(setting, given);
            }
        }
        defaults();
        if (!options.isEmpty()) {
            body.set("options", options);
        }
        body.put("stream", target.stream());
        if (!body.has("truncate")) {
            body.put("truncate", false);
        }
        disclosure.leftovers(prompt);
        return new Encoded(body, disclosure.unsaid(), disclosure.emulated());
    }

    private @Nullable Given given(Setting setting) {
        Given given = prompt.setting(setting);
        if (given != null && !given.value().isNull()) {
            return given;
        }
        for (Map.Entry<String, Object> fallback : target.defaults().entrySet()) {
            if (CANONICAL.get(fallback.getKey()) == setting) {
                return new Given(Json.mapper().valueToTree(fallback.getValue()), fallback.getKey());
            }
        }
        return null;
    }

    private void tools() {
        ToolChoice choice = prompt.toolChoice();
        boolean none = choice instanceof ToolChoice.None;
        ArrayNode tools = Json.mapper().createArrayNode();
        for (Tool tool : prompt.tools()) {
            disclosure.cacheMark(tool.cacheMark(), tool.path(), OllamaDialect.NO_MARKS);
            if (Boolean.TRUE.equals(tool.strict())) {
                disclosure.unsaid(tool.path() + ".strict", "cannot hold a model to the schema of a tool");
            }
            if (!none) {
                tools.add(tool(tool));
            }
        }
        if (!tools.isEmpty()) {
            body.set("tools", tools);
        }
        switch (choice) {
            case null -> {}
            case ToolChoice.Auto _ -> {}
            case ToolChoice.None _ -> {
                if (!prompt.tools().isEmpty()) {
                    disclosure.emulated(prompt.toolChoicePath()); // by not offering them
                }
            }
            case ToolChoice.Required _, ToolChoice.Named _ ->
                disclosure.unsaid(prompt.toolChoicePath(), "cannot demand that a tool be called");
        }
    }

    private static ObjectNode tool(Tool tool) {
        ObjectNode said = Json.object().put("type", "function");
        ObjectNode function = said.putObject("function").put("name", tool.name());
        String description = tool.description();
        if (description != null) {
            function.put("description", description);
        }
        JsonNode parameters = tool.parameters();
        ObjectNode schema = Json.object();
        if (parameters == null || !parameters.has("type")) {
            schema.put("type", "object");
        }
        if (parameters instanceof ObjectNode given) {
            schema.setAll(given);
        }
        if (!schema.has("properties")) {
            schema.putObject("properties");
        }
        function.set("parameters", schema);
        return said;
    }

    private void say(Setting setting, Given given) {
        JsonNode value = given.value();
        switch (setting) {
            case MAX_OUTPUT_TOKENS -> options.set("num_predict", value);
            case TEMPERATURE -> options.set("temperature", value);
            case TOP_P -> options.set("top_p", value);
            case TOP_K -> options.set("top_k", value);
            case SEED -> options.set("seed", value);
            case STOP -> stop(value);
            case FREQUENCY_PENALTY -> options.set("frequency_penalty", value);
            case PRESENCE_PENALTY -> options.set("presence_penalty", value);
            case RESPONSE_FORMAT -> responseFormat(given);
            case REASONING_EFFORT -> effort(given);
            case THINKING_BUDGET -> budget(given);
            case THOUGHTS_WANTED -> {
                if (!value.asBoolean(true)) {
                    disclosure.hint(given.path(), "shows what its models think");
                }
            }
            case USER -> disclosure.hint(given.path(), "has no field for an end user");
            case PARALLEL_TOOL_CALLS -> {
                if (!value.asBoolean(true) && body.has("tools")) {
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

    private void stop(JsonNode value) {
        if (value.isArray() && !value.isEmpty()) {
            options.set("stop", value);
        } else if (value.isTextual()) {
            options.putArray("stop").add(value);
        }
    }

    /** A schema's name names it only for the caller's own language, and a schema is always enforced. */
    private void responseFormat(Given given) {
        JsonNode schema = given.value().path("schema");
        switch (given.value().path("type").asText()) {
            case "text" -> {} // what it does anyway
            case "json_object" -> body.put("format", "json");
            case "json_schema" -> {
                if (schema.isObject()) {
                    body.set("format", schema);
                } else {
                    body.put("format", "json");
                }
            }
            default -> disclosure.unsaid(given.path(), "answers in text, in JSON, or in JSON by a schema");
        }
    }

    /** Models that know no levels take any level for yes. */
    private void effort(Given given) {
        switch (given.value().asText()) {
            case "none" -> body.put("think", false);
            case "low" -> body.put("think", "low");
            case "medium" -> body.put("think", "medium");
            case "high" -> body.put("think", "high");
            case "minimal" -> {
                body.put("think", "low");
                disclosure.emulated(given.path());
            }
            case "xhigh" -> {
                body.put("think", "high");
                disclosure.emulated(given.path());
            }
            default ->
                disclosure.unsaid(
                        given.path(),
                        "knows no reasoning effort '" + given.value().asText() + "'");
        }
    }

    /** Thinking can be asked for or forbidden, but has no budget of its own. */
    private void budget(Given given) {
        long budget = given.value().asLong();
        if (body.has("think")) {
            disclosure.hint(given.path(), "takes an effort or a budget for thinking, and has no budgets");
            return;
        }
        body.put("think", budget != 0);
        if (budget > 0) {
            disclosure.hint(given.path(), "has no budget for thinking");
        }
    }

    private void defaults() {
        target.defaults().forEach((name, value) -> {
            JsonNode fallback = Json.mapper().valueToTree(value);
            if (CANONICAL.containsKey(name)) {
                return;
            }
            if (name.equals("options")) {
                fallback.properties().forEach(option -> option(option.getKey(), option.getValue()));
            } else if (!BESIDE_OPTIONS.contains(name)) {
                option(name, fallback);
            } else if (!body.has(name)) {
                body.set(name, fallback);
            }
        });
    }

    private void option(String name, JsonNode value) {
        Setting setting = CANONICAL.get(name);
        if (!options.has(name) && (setting == null || prompt.setting(setting) == null)) {
            options.set(name, value);
        }
    }
}
