package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Prompt.Tool;
import dev.signalbox.chat.Prompt.ToolChoice;
import dev.signalbox.dialect.Disclosure;
import org.jspecify.annotations.Nullable;

/**
 * The tools of a request, whether one is to be called, and the tool that stands in for a response format where a model has
 * none: it takes the answer as its arguments, and is called in place of answering.
 */
final class AnthropicTools {

    private final Prompt prompt;
    private final ModelVersion version;
    private final ToolNames names;
    private final CacheMarks marks;
    private final Disclosure disclosure;
    private final ArrayNode tools = Json.mapper().createArrayNode();
    private @Nullable String answerTool;

    AnthropicTools(Prompt prompt, ModelVersion version, ToolNames names, CacheMarks marks, Disclosure disclosure) {
        this.prompt = prompt;
        this.version = version;
        this.names = names;
        this.marks = marks;
        this.disclosure = disclosure;
        prompt.tools().forEach(this::add);
    }

    private void add(Tool tool) {
        ObjectNode said = tools.addObject().put("name", names.said(tool.name()));
        String description = tool.description();
        if (description != null) {
            said.put("description", description);
        }
        said.set("input_schema", schema(tool));
        if (Boolean.TRUE.equals(tool.strict())) {
            if (version.takesSchemas()) {
                said.put("strict", true);
            } else {
                disclosure.unsaid(tool.path() + ".strict", "cannot be held to the schema of a tool");
            }
        }
        marks.mark(said, tool.cacheMark(), tool.path());
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

    /**
     * Has the answer given as the arguments of a tool.
     *
     * @param format where the caller asks for it
     */
    void answerBy(ObjectNode schema, Given format) {
        ToolChoice choice = prompt.toolChoice();
        if (choice instanceof ToolChoice.Required || choice instanceof ToolChoice.Named) {
            disclosure.unsaid(format.path(), "cannot both call a tool and answer by a schema");
            return;
        }
        if (!schema.path("type").asText("object").equals("object")) {
            disclosure.unsaid(format.path(), "answers only by the schema of an object");
            return;
        }
        String name = "answer_in_json";
        while (isTaken(name)) {
            name += "_";
        }
        answerTool = name;
        ObjectNode said = tools.addObject().put("name", name).put("description", "Gives the answer, all of it.");
        ObjectNode input = Json.object();
        if (!schema.has("type")) {
            input.put("type", "object");
        }
        input.setAll(schema);
        said.set("input_schema", input);
        disclosure.emulated(format.path());
    }

    private boolean isTaken(String name) {
        for (JsonNode tool : tools) {
            if (tool.path("name").asText().equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** The tool whose arguments are the answer; null when there is none. */
    @Nullable String answerTool() {
        return answerTool;
    }

    /** Writes the tools and the choice. */
    void into(ObjectNode body) {
        if (!tools.isEmpty()) {
            body.set("tools", tools);
        }
        ObjectNode choice = choice();
        if (choice != null) {
            body.set("tool_choice", choice);
        }
    }

    private @Nullable ObjectNode choice() {
        ToolChoice choice = prompt.toolChoice();
        if (tools.isEmpty()) {
            if (choice instanceof ToolChoice.Required || choice instanceof ToolChoice.Named) {
                disclosure.unsaid(prompt.toolChoicePath(), "cannot demand a tool where there is none");
            }
            return null;
        }
        String answer = answerTool;
        if (answer != null) {
            boolean alone = prompt.tools().isEmpty() || choice instanceof ToolChoice.None;
            ObjectNode said = alone ? type("tool").put("name", answer) : type("any");
            return isOneAtATime() ? said.put("disable_parallel_tool_use", true) : said;
        }
        ObjectNode said = switch (choice) {
            case null -> isOneAtATime() ? type("auto") : null;
            case ToolChoice.Auto _ -> type("auto");
            case ToolChoice.None _ -> type("none");
            case ToolChoice.Required _ -> type("any");
            case ToolChoice.Named(String name) -> type("tool").put("name", names.said(name));
        };
        if (said != null && isOneAtATime() && !(choice instanceof ToolChoice.None)) {
            said.put("disable_parallel_tool_use", true);
        }
        return said;
    }

    private boolean isOneAtATime() {
        Given parallel = prompt.setting(Setting.PARALLEL_TOOL_CALLS);
        return parallel != null
                && parallel.value().isBoolean()
                && !parallel.value().booleanValue();
    }

    private static ObjectNode type(String type) {
        return Json.object().put("type", type);
    }
}
