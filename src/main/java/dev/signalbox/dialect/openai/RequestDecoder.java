package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Prompt.Tool;
import dev.signalbox.chat.Prompt.ToolChoice;
import dev.signalbox.dialect.Members;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads a request. */
final class RequestDecoder {

    private static final Set<String> EFFORTS = Set.of("none", "minimal", "low", "medium", "high", "xhigh");

    private static final Predicate<JsonNode> EMPTY = value -> value.isContainerNode() && value.isEmpty();
    private static final Predicate<JsonNode> FALSE = value -> value.isBoolean() && !value.booleanValue();

    /** Values that ask for what happens anyway. */
    private static final Map<String, Predicate<JsonNode>> MEANINGLESS = Map.of(
            "logprobs", FALSE,
            "store", FALSE,
            "service_tier",
                    value -> value.asText().equals("auto") || value.asText().equals("default"),
            "verbosity", value -> value.asText().equals("medium"),
            "modalities", value -> value.size() == 1 && value.path(0).asText().equals("text"),
            "logit_bias", EMPTY,
            "metadata", EMPTY,
            "functions", EMPTY);

    /** For the vendor's own caches, records and watchmen. */
    private static final Set<String> HINTS =
            Set.of("prompt_cache_key", "prompt_cache_retention", "safety_identifier", "metadata");

    private static final String FUNCTIONS = "functions";

    private final Members body;
    private final List<Leftover> leftovers = new ArrayList<>();
    private final Map<Setting, Given> settings = new EnumMap<>(Setting.class);

    RequestDecoder(ObjectNode body) {
        this.body = Members.of(body, "");
    }

    Prompt decode() {
        return around(messages());
    }

    /** What a request says beside its messages, which stand elsewhere. */
    static Prompt around(ObjectNode body, List<Message> messages) {
        return new RequestDecoder(body).around(messages);
    }

    private Prompt around(List<Message> messages) {
        List.of("model", "stream", "stream_options").forEach(body::take);
        List<Tool> tools = tools();
        ToolChoice choice = toolChoice();
        if (tools.isEmpty() && choice == null && body.peek(FUNCTIONS) != null) {
            tools = functions();
            choice = functionCall();
        }
        settings();
        MEANINGLESS.forEach(this::takeWhenMeaningless);
        body.leaveTheRest(leftovers, HINTS);
        return new Prompt(messages, tools, choice, settings, leftovers);
    }

    private void takeWhenMeaningless(String name, Predicate<JsonNode> meaningless) {
        JsonNode value = body.peek(name);
        if (value != null && meaningless.test(value)) {
            body.take(name);
        }
    }

    private List<Message> messages() {
        JsonNode array = body.array("messages");
        if (array == null || array.isEmpty()) {
            throw Members.wrong("messages", "an array with at least one message");
        }
        var decoder = new MessageDecoder(leftovers);
        var messages = new ArrayList<Message>(array.size());
        for (int i = 0; i < array.size(); i++) {
            Message message = decoder.decode(array.get(i), "messages[" + i + "]");
            if (message != null) {
                messages.add(message);
            }
        }
        return messages;
    }

    private List<Tool> tools() {
        JsonNode array = body.array("tools");
        var tools = new ArrayList<Tool>();
        for (int i = 0; array != null && i < array.size(); i++) {
            Members tool = Members.of(array.get(i), "tools[" + i + "]");
            String type = tool.string("type");
            if (type == null || type.equals("function")) {
                tools.add(tool(tool));
            } else {
                tool.leave(leftovers);
            }
        }
        return tools;
    }

    private Tool tool(Members tool) {
        Members function = tool.requiredObject("function");
        JsonNode strict = function.bool("strict");
        JsonNode mark = tool.object("cache_control");
        var made = new Tool(
                function.requiredString("name"),
                function.string("description"),
                function.object("parameters"),
                strict == null ? null : strict.booleanValue(),
                mark == null ? function.object("cache_control") : mark,
                tool.path());
        function.leaveTheRest(leftovers);
        tool.leaveTheRest(leftovers);
        return made;
    }

    /** The older form of tools, of which one is called at a time. */
    private List<Tool> functions() {
        JsonNode array = body.array(FUNCTIONS);
        var tools = new ArrayList<Tool>();
        for (int i = 0; array != null && i < array.size(); i++) {
            Members function = Members.of(array.get(i), FUNCTIONS + "[" + i + "]");
            tools.add(new Tool(
                    function.requiredString("name"),
                    function.string("description"),
                    function.object("parameters"),
                    null,
                    null,
                    function.path()));
            function.leaveTheRest(leftovers);
        }
        if (!tools.isEmpty()) {
            keep(Setting.PARALLEL_TOOL_CALLS, FUNCTIONS, BooleanNode.FALSE);
        }
        return tools;
    }

    private @Nullable ToolChoice functionCall() {
        JsonNode choice = body.take("function_call");
        if (choice == null) {
            return null;
        }
        if (choice.isObject()) {
            Members named = Members.of(choice, "function_call");
            String name = named.requiredString("name");
            named.leaveTheRest(leftovers);
            return new ToolChoice.Named(name);
        }
        return switch (choice.asText()) {
            case "auto" -> new ToolChoice.Auto();
            case "none" -> new ToolChoice.None();
            default -> throw Members.wrong("function_call", "none, auto or an object");
        };
    }

    private @Nullable ToolChoice toolChoice() {
        JsonNode choice = body.take("tool_choice");
        if (choice == null) {
            return null;
        }
        if (choice.isTextual()) {
            return switch (choice.textValue()) {
                case "auto" -> new ToolChoice.Auto();
                case "none" -> new ToolChoice.None();
                case "required", "any" -> new ToolChoice.Required();
                default -> throw Members.wrong("tool_choice", "none, auto, required or an object");
            };
        }
        if (!choice.isObject()) {
            throw Members.wrong("tool_choice", "a string or an object");
        }
        Members named = Members.of(choice, "tool_choice");
        if (!named.requiredString("type").equals("function")) {
            named.leave(leftovers);
            return null;
        }
        Members function = named.requiredObject("function");
        String name = function.requiredString("name");
        function.leaveTheRest(leftovers);
        named.leaveTheRest(leftovers);
        return new ToolChoice.Named(name);
    }

    private void settings() {
        maxOutputTokens();
        keep(Setting.TEMPERATURE, "temperature", body.number("temperature"));
        keep(Setting.TOP_P, "top_p", body.number("top_p"));
        keep(Setting.TOP_K, "top_k", body.integer("top_k"));
        keep(Setting.FREQUENCY_PENALTY, "frequency_penalty", body.number("frequency_penalty"));
        keep(Setting.PRESENCE_PENALTY, "presence_penalty", body.number("presence_penalty"));
        keep(Setting.SEED, "seed", body.integer("seed"));
        keep(Setting.STOP, "stop", stop());
        body.string("user");
        keep(Setting.USER, "user", body.peek("user"));
        keep(Setting.PARALLEL_TOOL_CALLS, "parallel_tool_calls", body.bool("parallel_tool_calls"));
        keep(Setting.REASONING_EFFORT, "reasoning_effort", effort());
        keep(Setting.RESPONSE_FORMAT, "response_format", responseFormat());
        keep(Setting.CANDIDATES, "n", body.integer("n"));
    }

    private void keep(Setting setting, String name, @Nullable JsonNode value) {
        if (value != null) {
            settings.put(setting, new Given(value, name));
        }
    }

    private void maxOutputTokens() {
        JsonNode newer = body.integer(ForwardedRequest.MAX_COMPLETION_TOKENS);
        JsonNode older = body.integer(ForwardedRequest.MAX_TOKENS);
        if (newer == null) {
            keep(Setting.MAX_OUTPUT_TOKENS, ForwardedRequest.MAX_TOKENS, older);
            return;
        }
        keep(Setting.MAX_OUTPUT_TOKENS, ForwardedRequest.MAX_COMPLETION_TOKENS, newer);
        if (older != null && !older.equals(newer)) {
            body.leave(ForwardedRequest.MAX_TOKENS, leftovers);
        }
    }

    private @Nullable JsonNode stop() {
        JsonNode stop = body.take("stop");
        if (stop == null || (stop.isArray() && stop.isEmpty())) {
            return null;
        }
        ArrayNode stops = Json.mapper().createArrayNode();
        if (stop.isTextual()) {
            return stops.add(stop);
        }
        if (!stop.isArray()) {
            throw Members.wrong("stop", "a string or an array of strings");
        }
        for (int i = 0; i < stop.size(); i++) {
            if (!stop.get(i).isTextual()) {
                throw Members.wrong("stop[" + i + "]", "a string");
            }
            stops.add(stop.get(i));
        }
        return stops;
    }

    private @Nullable JsonNode effort() {
        String effort = body.string("reasoning_effort");
        if (effort != null && !EFFORTS.contains(effort)) {
            body.leave("reasoning_effort", leftovers);
            return null;
        }
        return body.peek("reasoning_effort");
    }

    private @Nullable JsonNode responseFormat() {
        JsonNode given = body.object("response_format");
        if (given == null) {
            return null;
        }
        Members format = Members.of(given, "response_format");
        String type = format.requiredString("type");
        ObjectNode made = Json.object().put("type", type);
        switch (type) {
            case "text", "json_object" -> {}
            case "json_schema" -> {
                Members schema = format.requiredObject("json_schema");
                made.put("name", schema.requiredString("name"));
                setUnlessNull(made, "schema", schema.object("schema"));
                setUnlessNull(made, "strict", schema.bool("strict"));
                schema.leaveTheRest(leftovers, Set.of("description")); // of the schema, which says what is wanted
            }
            default -> {
                format.leave(leftovers);
                return null;
            }
        }
        format.leaveTheRest(leftovers);
        return made;
    }

    private static void setUnlessNull(ObjectNode object, String name, @Nullable JsonNode value) {
        if (value != null) {
            object.set(name, value);
        }
    }
}
