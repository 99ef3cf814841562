package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Prompt.Tool;
import dev.signalbox.chat.Prompt.ToolChoice;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a request for a message. */
final class AnthropicRequestDecoder {

    private static final Set<String> EFFORTS = Set.of("low", "medium", "high", "xhigh");

    /** Without these the answer means the same: where and how fast it is made, and what of the past is left out of it. */
    private static final Set<String> HINTS =
            Set.of("cache_control", "context_management", "diagnostics", "service_tier", "speed");

    private final Fields body;
    private final List<Leftover> leftovers = new ArrayList<>();
    private final Map<Setting, Given> settings = new EnumMap<>(Setting.class);
    private final AnthropicBlockDecoder blocks = new AnthropicBlockDecoder(leftovers);

    AnthropicRequestDecoder(ObjectNode body) {
        this.body = Fields.of(body, "");
    }

    Prompt decode() {
        body.any("model"); // for whoever routes
        body.any("stream");
        List<Message> messages = new ArrayList<>();
        List<Part> system = blocks.content(body.any("system"), "system");
        if (!system.isEmpty()) {
            messages.add(new Message(Role.SYSTEM, system, "system"));
        }
        messages(messages);
        List<Tool> tools = tools();
        ToolChoice choice = toolChoice();
        give(Setting.MAX_OUTPUT_TOKENS, body.integer("max_tokens"), "max_tokens");
        give(Setting.TEMPERATURE, body.number("temperature"), "temperature");
        give(Setting.TOP_P, body.number("top_p"), "top_p");
        give(Setting.TOP_K, body.integer("top_k"), "top_k");
        stop();
        metadata();
        outputConfig();
        thinking();
        markTheEnd(messages);
        body.skip("service_tier", tier -> tier.asText().equals("auto"));
        body.skip("speed", speed -> speed.asText().equals("standard"));
        body.skip("mcp_servers", JsonNode::isEmpty);
        body.leave(leftovers, HINTS);
        return new Prompt(messages, tools, choice, settings, leftovers);
    }

    private void give(Setting setting, @Nullable JsonNode value, String path) {
        if (value != null) {
            settings.put(setting, new Given(value, path));
        }
    }

    private void messages(List<Message> messages) {
        body.required("messages");
        ArrayNode given = body.array("messages");
        for (int i = 0; given != null && i < given.size(); i++) {
            Fields message = Fields.of(given.get(i), "messages[" + i + "]");
            String role = message.requiredText("role");
            List<Part> parts = blocks.content(message.required("content"), message.path("content"));
            switch (role) {
                case "user" -> user(parts, message.path(), messages);
                case "assistant" -> messages.add(new Message(Role.ASSISTANT, parts, message.path()));
                case "system" -> messages.add(new Message(Role.SYSTEM, parts, message.path()));
                default -> throw Fields.wrong(message.path("role"), "'user' or 'assistant'");
            }
            message.leave(leftovers);
        }
    }

    /** A mark on the whole request is one on the last block of it that can bear one. */
    private void markTheEnd(List<Message> messages) {
        ObjectNode mark = body.objectOrNull("cache_control");
        Message last = messages.isEmpty() ? null : messages.getLast();
        if (mark == null || last == null) {
            return;
        }
        List<Part> parts = new ArrayList<>(last.parts());
        for (int i = parts.size() - 1; i >= 0; i--) {
            Part marked = AnthropicBlockDecoder.marked(parts.get(i), mark);
            if (marked != null) {
                parts.set(i, marked);
                messages.set(messages.size() - 1, new Message(last.role(), parts, last.path()));
                return;
            }
        }
        leftovers.add(new Leftover("cache_control", mark, true));
    }

    /** Results of tools stand in the user's messages here; elsewhere a tool speaks for itself. */
    private static void user(List<Part> parts, String path, List<Message> messages) {
        int start = 0;
        for (int i = 1; i <= parts.size(); i++) {
            boolean result = parts.get(i - 1) instanceof Part.ToolResult;
            if (i == parts.size() || parts.get(i) instanceof Part.ToolResult != result) {
                messages.add(new Message(result ? Role.TOOL : Role.USER, parts.subList(start, i), path));
                start = i;
            }
        }
        if (parts.isEmpty()) {
            messages.add(new Message(Role.USER, parts, path));
        }
    }

    private List<Tool> tools() {
        ArrayNode given = body.array("tools");
        List<Tool> tools = new ArrayList<>();
        for (int i = 0; given != null && i < given.size(); i++) {
            Fields tool = Fields.of(given.get(i), "tools[" + i + "]");
            String type = tool.text("type");
            if (type == null || type.equals("custom")) {
                tools.add(tool(tool));
                tool.skip("defer_loading", later -> !later.asBoolean());
                tool.skip("allowed_callers", AnthropicRequestDecoder::isOnlyTheModel);
                tool.leave(leftovers, Set.of("eager_input_streaming"));
            } else {
                leftovers.add(new Leftover(tool.path(), tool.object()));
            }
        }
        return tools;
    }

    private static boolean isOnlyTheModel(JsonNode callers) {
        return callers.size() == 1 && callers.path(0).asText().equals("direct");
    }

    private static Tool tool(Fields tool) {
        return new Tool(
                tool.requiredText("name"),
                tool.text("description"),
                tool.objectOrNull("input_schema"),
                tool.isTrue("strict") ? Boolean.TRUE : null,
                AnthropicBlockDecoder.cacheMark(tool),
                tool.path());
    }

    private @Nullable ToolChoice toolChoice() {
        JsonNode given = body.any("tool_choice");
        if (given == null) {
            return null;
        }
        Fields choice = Fields.of(given, "tool_choice");
        ToolChoice understood = switch (choice.requiredText("type")) {
            case "auto" -> new ToolChoice.Auto();
            case "none" -> new ToolChoice.None();
            case "any" -> new ToolChoice.Required();
            case "tool" -> new ToolChoice.Named(choice.requiredText("name"));
            default -> throw Fields.wrong("tool_choice.type", "'auto', 'any', 'tool' or 'none'");
        };
        if (choice.isTrue("disable_parallel_tool_use")) {
            give(Setting.PARALLEL_TOOL_CALLS, BooleanNode.FALSE, choice.path("disable_parallel_tool_use"));
        }
        choice.leave(leftovers);
        return understood;
    }

    private void stop() {
        ArrayNode stop = body.array("stop_sequences");
        for (int i = 0; stop != null && i < stop.size(); i++) {
            if (!stop.get(i).isTextual()) {
                throw Fields.wrong("stop_sequences[" + i + "]", "a string");
            }
        }
        give(Setting.STOP, stop, "stop_sequences");
    }

    private void metadata() {
        ObjectNode given = body.objectOrNull("metadata");
        if (given != null) {
            Fields metadata = Fields.of(given, "metadata");
            String user = metadata.text("user_id");
            give(Setting.USER, user == null ? null : TextNode.valueOf(user), metadata.path("user_id"));
            metadata.leave(leftovers);
        }
    }

    private void outputConfig() {
        ObjectNode given = body.objectOrNull("output_config");
        if (given == null) {
            return;
        }
        Fields config = Fields.of(given, "output_config");
        JsonNode format = config.any("format");
        if (format != null) {
            format(Fields.of(format, config.path("format")));
        }
        String effort = config.text("effort");
        if (effort != null && EFFORTS.contains(effort)) {
            give(Setting.REASONING_EFFORT, TextNode.valueOf(effort), config.path("effort"));
        } else if (effort != null) {
            leftovers.add(new Leftover(config.path("effort"), TextNode.valueOf(effort)));
        }
        config.leave(leftovers);
    }

    private void format(Fields format) {
        if (!format.requiredText("type").equals("json_schema")) {
            leftovers.add(new Leftover(format.path(), format.object()));
            return;
        }
        ObjectNode understood = Json.object().put("type", "json_schema");
        format.required("schema");
        understood.set("schema", format.objectOrNull("schema"));
        understood.put("strict", true);
        give(Setting.RESPONSE_FORMAT, understood, format.path());
        format.leave(leftovers);
    }

    /**
     * A budget is said exactly. A model that thinks as it sees fit is told an effort beside that, and {@code high} is what
     * it takes when it is told none.
     */
    private void thinking() {
        ObjectNode given = body.objectOrNull("thinking");
        if (given == null) {
            return;
        }
        Fields thinking = Fields.of(given, "thinking");
        boolean told = settings.containsKey(Setting.REASONING_EFFORT);
        switch (thinking.requiredText("type")) {
            case "enabled" -> {
                thinking.required("budget_tokens");
                give(Setting.THINKING_BUDGET, thinking.integer("budget_tokens"), thinking.path("budget_tokens"));
            }
            case "disabled" -> give(Setting.REASONING_EFFORT, TextNode.valueOf("none"), "thinking");
            case "adaptive" -> {
                if (!told) {
                    give(Setting.REASONING_EFFORT, TextNode.valueOf("high"), "thinking");
                }
            }
            default -> {
                leftovers.add(new Leftover("thinking", given));
                return;
            }
        }
        String display = thinking.text("display");
        if (display != null) {
            switch (display) {
                case "summarized" -> give(Setting.THOUGHTS_WANTED, BooleanNode.TRUE, thinking.path("display"));
                case "omitted" -> give(Setting.THOUGHTS_WANTED, BooleanNode.FALSE, thinking.path("display"));
                default -> throw Fields.wrong(thinking.path("display"), "'summarized' or 'omitted'");
            }
        }
        thinking.leave(leftovers);
    }
}
