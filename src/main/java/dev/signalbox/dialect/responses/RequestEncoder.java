package dev.signalbox.dialect.responses;

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

/** Writes a prompt as a request that leaves nothing behind at the vendor. */
final class RequestEncoder {

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
        body.set("input", new ItemEncoder(unsaid, emulated).encode(prompt.messages()));
        tools();
        for (Setting setting : Setting.values()) {
            Given given = prompt.setting(setting);
            if (given != null) {
                say(setting, given);
            }
        }
        target.withDefaults(ForwardedRequest::isKnownHere).defaults().forEach(this::byDefault);
        body.put("store", false);
        if (ForwardedRequest.thinks(target.model(), body.path("reasoning"))) {
            body.putArray("include").add(RequestDecoder.SEALS);
        }
        if (target.stream()) {
            body.put("stream", true);
        }
        target.quirks().renamed().forEach(this::rename);
        prompt.leftovers().forEach(left -> unsaid.add(new Unsaid(left.path(), "has no such field")));
        return new Encoded(body, unsaid, emulated);
    }

    private void tools() {
        if (!prompt.tools().isEmpty()) {
            ArrayNode tools = body.putArray("tools");
            prompt.tools().forEach(tool -> tool(tool, tools.addObject()));
        }
        switch (prompt.toolChoice()) {
            case null -> {}
            case ToolChoice.Auto _ -> body.put("tool_choice", "auto");
            case ToolChoice.None _ -> body.put("tool_choice", "none");
            case ToolChoice.Required _ -> body.put("tool_choice", "required");
            case ToolChoice.Named(var name) ->
                body.putObject("tool_choice").put("type", "function").put("name", name);
        }
    }

    /** Elsewhere a schema is not enforced unless asked for; here it is unless asked not to. */
    private void tool(Tool tool, ObjectNode object) {
        object.put("type", "function").put("name", tool.name());
        if (tool.description() != null) {
            object.put("description", tool.description());
        }
        object.set("parameters", tool.parameters());
        object.put("strict", Boolean.TRUE.equals(tool.strict()));
        if (tool.cacheMark() != null) {
            unsaid.add(ItemEncoder.cacheMark(tool.path()));
        }
    }

    private void say(Setting setting, Given given) {
        JsonNode value = given.value();
        switch (setting) {
            case MAX_OUTPUT_TOKENS -> body.set("max_output_tokens", value);
            case TEMPERATURE -> body.set("temperature", value);
            case TOP_P -> body.set("top_p", value);
            case TOP_K -> cannot(given, "has no top_k");
            case FREQUENCY_PENALTY, PRESENCE_PENALTY -> cannot(given, "has no penalties");
            case SEED -> cannot(given, "has no seed");
            case STOP -> {
                if (!value.isEmpty()) {
                    cannot(given, "has no stop sequences");
                }
            }
            case USER -> body.set("user", value);
            case PARALLEL_TOOL_CALLS -> body.set("parallel_tool_calls", value);
            case REASONING_EFFORT -> body.withObject("/reasoning").set("effort", value);
            case THINKING_BUDGET -> budget(given);
            case THOUGHTS_WANTED -> {
                if (value.asBoolean()) {
                    body.withObject("/reasoning").put("summary", "auto");
                }
            }
            case VERBOSITY -> body.withObject("/text").set("verbosity", value);
            case DIMENSIONS, EMBEDDING_PURPOSE -> cannot(given, "answers, and makes no vectors");
            case RESPONSE_FORMAT -> format(value);
            case CANDIDATES -> {
                if (value.asInt() != 1) {
                    cannot(given, "gives one answer only");
                }
            }
        }
    }

    /** Of thinking there is more or less here, and no count: the effort that comes nearest. */
    private void budget(Given given) {
        if (prompt.setting(Setting.REASONING_EFFORT) != null) {
            unsaid.add(Unsaid.hint(given.path(), "has no budget for thinking"));
            return;
        }
        emulated.add(given.path());
        long tokens = given.value().asLong();
        if (tokens >= 0) {
            String effort = tokens == 0
                    ? "none"
                    : tokens <= 4096 ? "low" : tokens <= 12288 ? "medium" : tokens <= 32000 ? "high" : "xhigh";
            body.withObject("/reasoning").put("effort", effort);
        }
    }

    private void cannot(Given given, String why) {
        unsaid.add(new Unsaid(given.path(), why));
    }

    private void format(JsonNode format) {
        String type = format.path("type").asText();
        ObjectNode said = body.withObject("/text").putObject("format").put("type", type);
        if (type.equals("json_schema")) {
            said.put("name", format.path("name").asText("response"));
            setUnlessNull(said, "schema", format.get("schema"));
            setUnlessNull(said, "strict", format.get("strict"));
        }
    }

    private static void setUnlessNull(ObjectNode object, String name, @Nullable JsonNode value) {
        if (value != null && !value.isNull()) {
            object.set(name, value);
        }
    }

    private void byDefault(String name, Object value) {
        JsonNode tree = Json.mapper().valueToTree(value);
        switch (name) {
            case "reasoning_effort" -> {
                if (!body.path("reasoning").has("effort")) {
                    body.withObject("/reasoning").set("effort", tree);
                }
            }
            default -> {
                String own = ForwardedRequest.ownName(name);
                if (!body.has(own)) {
                    body.set(own, tree);
                }
            }
        }
    }

    private void rename(String from, String to) {
        JsonNode value = body.remove(from);
        if (value != null && !body.has(to)) {
            body.set(to, value);
        }
    }
}
