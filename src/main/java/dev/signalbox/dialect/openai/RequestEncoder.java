package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Prompt.Tool;
import dev.signalbox.chat.Prompt.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a prompt as a request. */
final class RequestEncoder {

    private static final int MOST_STOPS = 4;
    private static final String REASONING_EFFORT = "reasoning_effort";

    /** Where other vendors' libraries draw the lines between their own words for effort, in tokens of thinking. */
    private static final int MOST_OF_LOW = 2_048;

    private static final int MOST_OF_MEDIUM = 8_192;

    private final Prompt prompt;
    private final Target target;
    private final ObjectNode body = Json.object();
    private final List<Unsaid> unsaid = new ArrayList<>();
    private final List<String> emulated = new ArrayList<>();
    private final FunctionNames names;

    RequestEncoder(Prompt prompt, Target target) {
        this.prompt = prompt;
        this.target = target;
        this.names = new FunctionNames(prompt);
    }

    Encoded encode() {
        body.put("model", target.model());
        body.set("messages", new MessageEncoder(unsaid, emulated, target, names).encode(prompt.messages()));
        tools();
        for (Setting setting : Setting.values()) {
            Given given = prompt.setting(setting);
            if (given != null) {
                say(setting, given);
            }
        }
        if (target.stream()) {
            body.put("stream", true);
        }
        if (target.stream() && target.quirks().usageInStream()) {
            body.putObject("stream_options").put("include_usage", true);
        }
        target.withDefaults(name -> !name.equals("dimensions")).defaults().forEach(this::byDefault);
        target.quirks().renamed().forEach(this::rename);
        prompt.leftovers().forEach(this::leftover);
        return new Encoded(body, unsaid, emulated, names.areOwn() ? null : names::decoder);
    }

    private void leftover(Leftover left) {
        if (target.quirks().taken().contains(left.path()) && !body.has(left.path())) {
            body.set(left.path(), left.value());
        } else {
            unsaid.add(new Unsaid(left.path(), "has no such field"));
        }
    }

    /** A field that the upstream does not take; whom an answer is for changes nothing in it. */
    static Unsaid refused(String name, String path) {
        String reason = "takes no " + name;
        return name.equals("user") ? Unsaid.hint(path, reason) : new Unsaid(path, reason);
    }

    private void tools() {
        if (!prompt.tools().isEmpty()) {
            ArrayNode tools = body.putArray("tools");
            prompt.tools().forEach(tool -> tool(tool, tools.addObject()));
        }
        ToolChoice choice = prompt.toolChoice();
        if (choice != null) {
            toolChoice(choice);
        }
    }

    private void tool(Tool tool, ObjectNode object) {
        object.put("type", "function");
        ObjectNode function = object.putObject("function");
        function.put("name", names.said(tool.name()));
        if (tool.description() != null) {
            function.put("description", tool.description());
        }
        setUnlessNull(function, "parameters", tool.parameters());
        if (tool.strict() != null) {
            function.put("strict", tool.strict());
        }
        if (tool.cacheMark() != null) {
            unsaid.add(MessageEncoder.cacheMark(tool.path()));
        }
    }

    /** Without tools, OpenAI refuses to be told what happens anyway. */
    private void toolChoice(ToolChoice choice) {
        switch (choice) {
            case ToolChoice.Auto _ -> choose("auto");
            case ToolChoice.None _ -> choose("none");
            case ToolChoice.Required _ ->
                body.put("tool_choice", target.quirks().requiredTool());
            case ToolChoice.Named(var name) ->
                body.putObject("tool_choice")
                        .put("type", "function")
                        .putObject("function")
                        .put("name", names.said(name));
        }
    }

    private void choose(String word) {
        if (!prompt.tools().isEmpty()) {
            body.put("tool_choice", word);
        }
    }

    private void say(Setting setting, Given given) {
        JsonNode value = given.value();
        switch (setting) {
            case MAX_OUTPUT_TOKENS -> set(target.quirks().outputLimit(), given);
            case TEMPERATURE -> set("temperature", given);
            case TOP_P -> set("top_p", given);
            case TOP_K -> {
                if (target.quirks().taken().contains("top_k")) {
                    body.set("top_k", value);
                } else {
                    unsaid.add(new Unsaid(given.path(), "has no top_k"));
                }
            }
            case FREQUENCY_PENALTY -> set("frequency_penalty", given);
            case PRESENCE_PENALTY -> set("presence_penalty", given);
            case SEED -> set("seed", given);
            case STOP -> stop(given);
            case USER -> set("user", given);
            case PARALLEL_TOOL_CALLS -> {
                if (!prompt.tools().isEmpty()) {
                    set("parallel_tool_calls", given);
                }
            }
            case REASONING_EFFORT -> set("reasoning_effort", given);
            case VERBOSITY -> set("verbosity", given);
            case THINKING_BUDGET -> budget(given);
            case THOUGHTS_WANTED -> unsaid.add(Unsaid.hint(given.path(), "shows thoughts or not as it sees fit"));
            case DIMENSIONS, EMBEDDING_PURPOSE -> unsaid.add(new Unsaid(given.path(), "answers, and makes no vectors"));
            case RESPONSE_FORMAT -> responseFormat(given);
            case CANDIDATES -> {
                if (!target.quirks().refused().contains("n") || value.asInt() != 1) {
                    set("n", given);
                }
            }
        }
    }

    private void set(String name, Given given) {
        if (target.quirks().refused().contains(name)) {
            unsaid.add(refused(name, given.path()));
        } else {
            body.set(name, given.value());
        }
    }

    /** There is no budget here, but a word for how much to think; what the model sees fit is what happens unasked. */
    private void budget(Given given) {
        boolean mayThink = !Boolean.FALSE.equals(target.quirks().thinks())
                && !target.quirks().refused().contains(REASONING_EFFORT);
        if (!mayThink || prompt.setting(Setting.REASONING_EFFORT) != null) {
            unsaid.add(Unsaid.hint(given.path(), "has no budget for thinking"));
        } else if (given.value().asLong() >= 0) {
            body.put(REASONING_EFFORT, effort(given.value().asLong()));
            emulated.add(given.path());
        }
    }

    private static String effort(long budget) {
        if (budget == 0) {
            return "none";
        }
        return budget <= MOST_OF_LOW ? "low" : budget <= MOST_OF_MEDIUM ? "medium" : "high";
    }

    private void stop(Given given) {
        JsonNode all = given.value();
        int most =
                target.quirks().mostStops() == 0 ? MOST_STOPS : target.quirks().mostStops();
        ArrayNode said = Json.mapper().createArrayNode();
        for (int i = 0; i < all.size(); i++) {
            if (i < most) {
                said.add(all.get(i));
            } else {
                unsaid.add(new Unsaid(given.path() + "[" + i + "]", "takes " + most + " stop sequences at most"));
            }
        }
        if (!said.isEmpty()) {
            set("stop", new Given(said, given.path()));
        }
    }

    private void responseFormat(Given given) {
        JsonNode format = given.value();
        String type = format.path("type").asText();
        var known = target.quirks().formats();
        if (!known.isEmpty() && !known.contains(type)) {
            unsaid.add(new Unsaid(given.path(), "knows no answers of type " + type));
            return;
        }
        ObjectNode said = body.putObject("response_format").put("type", type);
        if (type.equals("json_schema")) {
            ObjectNode schema = said.putObject("json_schema");
            schema.put("name", format.path("name").asText("response"));
            setUnlessNull(schema, "schema", format.get("schema"));
            setUnlessNull(schema, "strict", format.get("strict"));
        }
    }

    private static void setUnlessNull(ObjectNode object, String name, @Nullable JsonNode value) {
        if (value != null && !value.isNull()) {
            object.set(name, value);
        }
    }

    private void byDefault(String name, Object value) {
        boolean given = switch (name) {
            case ForwardedRequest.MAX_TOKENS, ForwardedRequest.MAX_COMPLETION_TOKENS ->
                body.has(ForwardedRequest.MAX_TOKENS) || body.has(ForwardedRequest.MAX_COMPLETION_TOKENS);
            default -> body.has(name);
        };
        if (!given) {
            body.set(name, Json.mapper().<JsonNode>valueToTree(value));
        }
    }

    private void rename(String from, String to) {
        JsonNode value = body.remove(from);
        if (value != null && !body.has(to)) {
            body.set(to, value);
        }
    }
}
