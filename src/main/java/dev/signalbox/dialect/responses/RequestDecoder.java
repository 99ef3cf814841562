package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Prompt.Tool;
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

    static final String SEALS = "reasoning.encrypted_content";

    private static final Set<String> EFFORTS = Set.of("none", "minimal", "low", "medium", "high", "xhigh");

    /** What the door and the gateway see to themselves, whoever answers. */
    private static final List<String> THE_GATEWAYS =
            List.of("model", "stream", "store", "metadata", "previous_response_id");

    private static final Predicate<JsonNode> EMPTY = value -> value.isContainerNode() && value.isEmpty();

    /** Values that ask for what happens anyway. */
    private static final Map<String, Predicate<JsonNode>> MEANINGLESS = Map.of(
            "service_tier",
            value -> value.asText().equals("auto") || value.asText().equals("default"),
            "truncation",
            value -> value.asText().equals("disabled"),
            "top_logprobs",
            value -> value.isIntegralNumber() && value.asInt() == 0,
            "context_management",
            EMPTY);

    /** What only saves the vendor work, and need not be said to another. */
    private static final Set<String> HINTS =
            Set.of("prompt_cache_key", "prompt_cache_retention", "prompt_cache_options", "text.format.description");

    private final Members body;
    private final List<Leftover> leftovers = new ArrayList<>();
    private final Map<Setting, Given> settings = new EnumMap<>(Setting.class);

    RequestDecoder(ObjectNode body) {
        this.body = Members.of(body, "");
    }

    Prompt decode() {
        THE_GATEWAYS.forEach(body::take);
        JsonNode background = body.bool("background");
        if (background != null && background.booleanValue()) {
            throw new InvalidRequest("'background' must be false: nothing is answered in the background", "background");
        }
        List<Message> messages = messages();
        var decoder = new ToolDecoder(body, leftovers);
        List<Tool> tools = decoder.tools();
        Prompt.@Nullable ToolChoice choice = decoder.choice(tools);
        settings();
        reasoning();
        text();
        include();
        streamOptions();
        JsonNode mostCalls = body.integer("max_tool_calls");
        if (mostCalls != null && decoder.hasTypes()) {
            body.leave("max_tool_calls", leftovers); // bounds the vendor's own tools only
        }
        MEANINGLESS.forEach((name, meaningless) -> {
            JsonNode value = body.peek(name);
            if (value != null && meaningless.test(value)) {
                body.take(name);
            }
        });
        body.leaveTheRest(leftovers);
        return new Prompt(messages, tools, choice, settings, marked(leftovers));
    }

    private static List<Leftover> marked(List<Leftover> leftovers) {
        return leftovers.stream()
                .map(left -> HINTS.contains(left.path()) ? new Leftover(left.path(), left.value(), true) : left)
                .toList();
    }

    private List<Message> messages() {
        var messages = new ArrayList<Message>();
        String instructions = body.string("instructions");
        if (instructions != null && !instructions.isEmpty()) {
            messages.add(message(Role.SYSTEM, instructions, "instructions"));
        }
        JsonNode input = body.take("input");
        if (input == null && body.peek("prompt") != null) {
            return messages;
        }
        if (input == null || !(input.isTextual() || input.isArray())) {
            throw Members.wrong("input", "a string or an array of items");
        }
        if (input.isTextual()) {
            messages.add(message(Role.USER, input.textValue(), "input"));
        } else {
            messages.addAll(new ItemDecoder(leftovers).decode(input));
        }
        return messages;
    }

    private static Message message(Role role, String text, String path) {
        return new Message(role, List.of(new Part.Text(text, null, path)), path);
    }

    private void settings() {
        keep(Setting.MAX_OUTPUT_TOKENS, "max_output_tokens", body.integer("max_output_tokens"));
        keep(Setting.TEMPERATURE, "temperature", body.number("temperature"));
        keep(Setting.TOP_P, "top_p", body.number("top_p"));
        keep(Setting.PARALLEL_TOOL_CALLS, "parallel_tool_calls", body.bool("parallel_tool_calls"));
        String user = body.string("user");
        String newer = body.string("safety_identifier");
        if (newer != null && user != null && !newer.equals(user)) {
            body.leave("user", leftovers);
        }
        String name = newer == null ? "user" : "safety_identifier";
        keep(Setting.USER, name, body.peek(name));
    }

    private void keep(Setting setting, String path, @Nullable JsonNode value) {
        if (value != null) {
            settings.put(setting, new Given(value, path));
        }
    }

    private void reasoning() {
        JsonNode given = body.object("reasoning");
        if (given == null) {
            return;
        }
        Members reasoning = Members.of(given, "reasoning");
        String effort = reasoning.string("effort");
        if (effort != null && EFFORTS.contains(effort)) {
            keep(Setting.REASONING_EFFORT, reasoning.path("effort"), reasoning.peek("effort"));
        } else if (effort != null) {
            reasoning.leave("effort", leftovers);
        }
        String older = reasoning.string("generate_summary");
        String summary = reasoning.string("summary");
        if (summary != null || older != null) {
            String name = summary != null ? "summary" : "generate_summary";
            keep(Setting.THOUGHTS_WANTED, reasoning.path(name), BooleanNode.TRUE);
        }
        reasoning.leaveTheRest(leftovers);
    }

    private void text() {
        JsonNode given = body.object("text");
        if (given == null) {
            return;
        }
        Members text = Members.of(given, "text");
        String verbosity = text.string("verbosity");
        if (verbosity != null && !verbosity.equals("medium")) {
            keep(Setting.VERBOSITY, text.path("verbosity"), text.peek("verbosity"));
        }
        JsonNode format = text.object("format");
        if (format != null) {
            keep(Setting.RESPONSE_FORMAT, text.path("format"), format(Members.of(format, text.path("format"))));
        }
        text.leaveTheRest(leftovers);
    }

    private @Nullable JsonNode format(Members format) {
        String type = format.requiredString("type");
        ObjectNode made = Json.object().put("type", type);
        switch (type) {
            case "text" -> {
                format.leaveTheRest(leftovers);
                return null;
            }
            case "json_object" -> {}
            case "json_schema" -> {
                made.put("name", format.requiredString("name"));
                setUnlessNull(made, "schema", format.object("schema"));
                setUnlessNull(made, "strict", format.bool("strict"));
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

    /** Seals are always told to callers of this language; the rest is about tools of the vendor's, or left over. */
    private void include() {
        JsonNode include = body.array("include");
        for (int i = 0; include != null && i < include.size(); i++) {
            String path = "include[" + i + "]";
            if (!include.get(i).isTextual()) {
                throw Members.wrong(path, "a string");
            }
            if (include.get(i).asText().equals("message.output_text.logprobs")) {
                leftovers.add(new Leftover(path, include.get(i)));
            }
        }
    }

    private void streamOptions() {
        JsonNode given = body.object("stream_options");
        if (given != null) {
            Members options = Members.of(given, "stream_options");
            options.bool("include_obfuscation"); // nothing is ever padded here
            options.take("include_usage"); // it always is
            options.leaveTheRest(leftovers);
        }
    }
}
