package dev.signalbox.dialect.cohere;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Tool;
import dev.signalbox.chat.Prompt.ToolChoice;
import dev.signalbox.dialect.Disclosure;
import java.util.List;

/**
 * The tools of a request. Cohere is strict about all of them or about none. It has no word for one tool that must be called:
 * then this tool alone is offered and some tool must be called, unless the conversation has calls of others, which would be
 * calls of tools that are not there.
 */
final class CohereTools {

    private final Prompt prompt;
    private final CohereNames names;
    private final Disclosure disclosure;

    CohereTools(Prompt prompt, CohereNames names, Disclosure disclosure) {
        this.prompt = prompt;
        this.names = names;
        this.disclosure = disclosure;
    }

    void say(ObjectNode body) {
        ToolChoice choice = prompt.toolChoice();
        List<Tool> offered = prompt.tools();
        String demand = switch (choice) {
            case null -> null;
            case ToolChoice.Auto _ -> null;
            case ToolChoice.None _ -> "NONE";
            case ToolChoice.Required _ -> "REQUIRED";
            case ToolChoice.Named(String name) -> {
                List<Tool> one = offered.stream()
                        .filter(tool -> tool.name().equals(name))
                        .toList();
                if (one.isEmpty() || callsOthers(name)) {
                    disclosure.unsaid(prompt.toolChoicePath(), "cannot demand one tool among several");
                    yield null;
                }
                if (offered.size() > one.size()) {
                    disclosure.emulated(prompt.toolChoicePath());
                }
                offered = one;
                yield "REQUIRED";
            }
        };
        prompt.tools().forEach(tool -> disclosure.cacheMark(tool.cacheMark(), tool.path(), CohereDialect.NO_MARKS));
        if (offered.isEmpty()) {
            if (choice instanceof ToolChoice.Required) {
                disclosure.unsaid(prompt.toolChoicePath(), "cannot demand a tool where there is none");
            }
            return;
        }
        boolean strict = offered.stream().anyMatch(tool -> Boolean.TRUE.equals(tool.strict()));
        ArrayNode tools = body.putArray("tools");
        for (Tool tool : offered) {
            tools.add(tool(tool));
            if (strict && !Boolean.TRUE.equals(tool.strict())) {
                disclosure.emulated(tool.path());
            }
        }
        if (strict) {
            body.put("strict_tools", true);
        }
        if (demand != null) {
            body.put("tool_choice", demand);
        }
    }

    private boolean callsOthers(String name) {
        return prompt.messages().stream()
                .flatMap(message -> message.parts().stream())
                .anyMatch(part ->
                        part instanceof Part.ToolCall call && !call.name().equals(name));
    }

    private ObjectNode tool(Tool tool) {
        ObjectNode said = Json.object().put("type", "function");
        ObjectNode function = said.putObject("function").put("name", names.said(tool.name()));
        String description = tool.description();
        if (description != null) {
            function.put("description", description);
        }
        JsonNode parameters = tool.parameters();
        if (parameters instanceof ObjectNode given && !given.isEmpty()) {
            function.set("parameters", given);
        } else {
            function.putObject("parameters").put("type", "object").putObject("properties");
        }
        return said;
    }
}
