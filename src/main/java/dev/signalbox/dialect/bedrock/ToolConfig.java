package dev.signalbox.dialect.bedrock;

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
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tools, whether one must be called, and the shape of the answer, which models that cannot be held to a schema give by
 * calling a tool.
 *
 * <p>Bedrock refuses a conversation in which tools were called when it is not told of any, and has no word for calling
 * none. So tools that were called and are offered no more are told with an empty schema; and a caller who forbids calls has
 * the tools left out, or, where they were called before, has it said in words.
 *
 * @see <a href="https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html">ToolConfiguration</a>
 */
final class ToolConfig {

    private static final String GONE = "This tool is not available any more. Do not call it.";
    private static final String FORBIDDEN = "Do not call any tool in your next answer.";
    private static final String ANSWERS = "Gives the final answer. Call it once, with the whole answer.";
    private static final String ANSWER = "json_answer";

    private final Prompt prompt;
    private final ObjectNode body;
    private final AdditionalFields fields;
    private final Turns turns;
    private final Names names;
    private final CachePoints marks;
    private final Family family;
    private final Disclosure disclosure;
    private final ArrayNode tools = Json.mapper().createArrayNode();
    private @Nullable ObjectNode choice;
    private @Nullable String answerTool;

    ToolConfig(
            Prompt prompt,
            ObjectNode body,
            AdditionalFields fields,
            Turns turns,
            Names names,
            CachePoints marks,
            Family family,
            Disclosure disclosure) {
        this.prompt = prompt;
        this.body = body;
        this.fields = fields;
        this.turns = turns;
        this.names = names;
        this.marks = marks;
        this.family = family;
        this.disclosure = disclosure;
    }

    /** Says it all. */
    void say() {
        String called = turns.firstCall();
        boolean forbidden = prompt.toolChoice() instanceof ToolChoice.None;
        if (!forbidden || called != null) {
            prompt.tools().forEach(this::tool);
        } else if (!prompt.tools().isEmpty()) {
            disclosure.emulated(prompt.toolChoicePath());
        }
        boolean offered = !tools.isEmpty();
        choice(offered);
        if (tools.isEmpty() && called != null) {
            gone(called);
        }
        format(offered && !forbidden);
        if (forbidden && offered && answerTool == null) {
            turns.instruct(FORBIDDEN);
            disclosure.emulated(prompt.toolChoicePath());
        }
        oneAtATime(offered && !forbidden);
        if (!tools.isEmpty()) {
            ObjectNode config = body.putObject("toolConfig");
            config.set("tools", tools);
            if (choice != null) {
                config.set("toolChoice", choice);
            }
        }
    }

    /** The tool whose arguments are the answer; null when the answer is one in words. */
    @Nullable String answerTool() {
        return answerTool;
    }

    private void tool(Tool tool) {
        if (tool.name().isEmpty()) {
            disclosure.unsaid(tool.path(), "takes no tool without a name");
            return;
        }
        ObjectNode spec = spec(names.tool(tool.name()), tool.description(), schema(tool));
        if (Boolean.TRUE.equals(tool.strict())) {
            if (family.schemas()) {
                spec.put("strict", true);
            } else {
                disclosure.unsaid(tool.path() + ".strict", "cannot hold the arguments of a tool to its schema");
            }
        }
        ObjectNode mark = marks.point(tool.cacheMark(), "tools", tool.path());
        if (mark != null) {
            tools.add(mark);
        }
    }

    private ObjectNode spec(String name, @Nullable String description, ObjectNode schema) {
        ObjectNode spec = tools.addObject().putObject("toolSpec").put("name", name);
        if (description != null && !description.isBlank()) {
            spec.put("description", description);
        }
        spec.putObject("inputSchema").set("json", schema);
        return spec;
    }

    /** The caller's schema, which must say that it is one of an object. */
    private ObjectNode schema(Tool tool) {
        JsonNode parameters = tool.parameters();
        if (parameters instanceof ObjectNode given && !given.isEmpty()) {
            return ofObject(given);
        }
        if (parameters != null && !parameters.isNull() && !parameters.isObject()) {
            disclosure.unsaid(tool.path() + ".parameters", "takes only an object as the schema of a tool");
        }
        return empty();
    }

    private static ObjectNode ofObject(ObjectNode schema) {
        if (schema.has("type")) {
            return schema;
        }
        ObjectNode typed = Json.object().put("type", "object");
        typed.setAll(schema);
        return typed;
    }

    private static ObjectNode empty() {
        ObjectNode schema = Json.object().put("type", "object");
        schema.putObject("properties");
        return schema;
    }

    private void gone(String path) {
        List<String> called = turns.called();
        (called.isEmpty() ? List.of("tool") : called).forEach(name -> spec(name, GONE, empty()));
        disclosure.emulated(path);
    }

    private void choice(boolean offered) {
        choice = switch (prompt.toolChoice()) {
            case null -> null;
            case ToolChoice.None _ -> null;
            case ToolChoice.Auto _ -> offered ? one("auto") : null;
            case ToolChoice.Required _ -> demandable(offered) ? one("any") : null;
            case ToolChoice.Named(String name) -> {
                if (!demandable(offered)) {
                    yield null;
                }
                ObjectNode named = Json.object();
                named.putObject("tool").put("name", names.tool(name));
                yield named;
            }
        };
    }

    private boolean demandable(boolean offered) {
        if (!offered) {
            disclosure.unsaid(prompt.toolChoicePath(), "cannot demand a tool where there is none");
        } else if (!family.forcedTools()) {
            disclosure.unsaid(prompt.toolChoicePath(), "cannot demand that a tool is called");
        }
        return offered && family.forcedTools();
    }

    private static ObjectNode one(String member) {
        ObjectNode choice = Json.object();
        choice.putObject(member);
        return choice;
    }

    /** Models are told so in their own field, which has no room beside a demanded call. */
    private void oneAtATime(boolean offered) {
        Given parallel = prompt.setting(Setting.PARALLEL_TOOL_CALLS);
        if (!offered
                || parallel == null
                || !parallel.value().isBoolean()
                || parallel.value().booleanValue()) {
            return;
        }
        if (family.oneTool() && (choice == null || choice.has("auto"))) {
            fields.set("tool_choice", Json.object().put("type", "auto").put("disable_parallel_tool_use", true));
        } else {
            disclosure.unsaid(parallel.path(), "cannot be told to call one tool at a time");
        }
    }

    private void format(boolean offered) {
        Given given = prompt.setting(Setting.RESPONSE_FORMAT);
        if (given == null || given.value().isNull()) {
            return;
        }
        JsonNode schema = given.value().path("schema");
        switch (given.value().path("type").asText()) {
            case "text" -> {} // what it does anyway
            case "json_schema" -> {
                if (!(schema instanceof ObjectNode shape)) {
                    disclosure.unsaid(given.path(), "answers in JSON only by a schema");
                } else if (family.schemas()) {
                    natively(given, shape);
                } else {
                    byTool(given, shape, offered);
                }
            }
            default -> disclosure.unsaid(given.path(), "answers in JSON only by a schema");
        }
    }

    private void natively(Given given, ObjectNode schema) {
        ObjectNode format = AdditionalFields.object(body, "outputConfig")
                .putObject("textFormat")
                .put("type", "json_schema");
        ObjectNode said = format.putObject("structure").putObject("jsonSchema").put("schema", Json.text(schema));
        String name = given.value().path("name").textValue();
        if (name != null && !name.isEmpty()) {
            said.put("name", Names.said(name));
        }
    }

    private void byTool(Given given, ObjectNode schema, boolean offered) {
        String type = schema.path("type").asText("object");
        if (!family.forcedTools() || !type.equals("object")) {
            disclosure.unsaid(given.path(), "cannot hold its answer to this schema");
            return;
        }
        if (choice != null && !choice.has("auto")) {
            disclosure.unsaid(given.path(), "cannot hold its answer to a schema where a tool call is demanded");
            return;
        }
        String name = ANSWER;
        while (isTaken(name)) {
            name += "_";
        }
        spec(name, ANSWERS, ofObject(schema));
        if (offered) {
            choice = one("any");
        } else {
            choice = Json.object();
            choice.putObject("tool").put("name", name);
        }
        answerTool = name;
        disclosure.emulated(given.path());
    }

    private boolean isTaken(String name) {
        for (JsonNode tool : tools) {
            if (tool.path("toolSpec").path("name").asText().equals(name)) {
                return true;
            }
        }
        return false;
    }
}
