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
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Prompt.Tool;
import dev.signalbox.chat.Prompt.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a prompt as a request. */
final class RequestEncoder {

    private static final int MOST_STOPS = 4;

    private final Prompt prompt;
    private final Target target;
    private final ObjectNode body = Json.object();
    private final List<Unsaid> unsaid = new ArrayList<>();
    private final List<String> emulated = new ArrayList<>();

    RequestEncoder(Prompt prompt, Target target) {
        this.prompt = prompt;
        this.target = target;
    }

    Encoded encode() {
        body.put("model", target.model());
        body.set("messages", new MessageEncoder(unsaid, emulated).encode(prompt.messages()));
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
        if (target.stream() && target.usageInStream()) {
            body.putObject("stream_options").put("include_usage", true);
        }
        target.defaults().forEach(this::byDefault);
        target.renamed().forEach(this::rename);
        prompt.leftovers().forEach(left -> unsaid.add(new Unsaid(left.path(), "has no such field")));
        return new Encoded(body, unsaid, emulated);
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
        function.put("name", tool.name());
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
            case ToolChoice.Required _ -> body.put("tool_choice", "required");
            case ToolChoice.Named(var name) ->
                body.putObject("tool_choice")
                        .put("type", "function")
                        .putObject("function")
                        .put("name", name);
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
            case MAX_OUTPUT_TOKENS -> body.set(ForwardedRequest.MAX_COMPLETION_TOKENS, value);
            case TEMPERATURE -> body.set("temperature", value);
            case TOP_P -> body.set("top_p", value);
            case TOP_K -> unsaid.add(new Unsaid(given.path(), "has no top_k"));
            case FREQUENCY_PENALTY -> body.set("frequency_penalty", value);
            case PRESENCE_PENALTY -> body.set("presence_penalty", value);
            case SEED -> body.set("seed", value);
            case STOP -> stop(given);
            case USER -> body.set("user", value);
            case PARALLEL_TOOL_CALLS -> {
                if (!prompt.tools().isEmpty()) {
                    body.set("parallel_tool_calls", value);
                }
            }
            case REASONING_EFFORT -> body.set("reasoning_effort", value);
            case RESPONSE_FORMAT -> responseFormat(value);
            case CANDIDATES -> body.set("n", value);
        }
    }

    private void stop(Given given) {
        JsonNode all = given.value();
        ArrayNode said = Json.mapper().createArrayNode();
        for (int i = 0; i < all.size(); i++) {
            if (i < MOST_STOPS) {
                said.add(all.get(i));
            } else {
                unsaid.add(new Unsaid(given.path() + "[" + i + "]", "takes " + MOST_STOPS + " stop sequences at most"));
            }
        }
        if (!said.isEmpty()) {
            body.set("stop", said);
        }
    }

    private void responseFormat(JsonNode format) {
        String type = format.path("type").asText();
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
