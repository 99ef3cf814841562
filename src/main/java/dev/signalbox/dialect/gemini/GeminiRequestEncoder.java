package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Tool;
import dev.signalbox.chat.Prompt.ToolChoice;
import dev.signalbox.dialect.Disclosure;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes a prompt as a request for content; model and streaming stand in the address. */
final class GeminiRequestEncoder {

    /** Members of this language that no prompt has a word for, and that keep their name behind any door. */
    private static final Map<String, String> OWN = Map.of(
            "safetySettings", "safetySettings",
            "safety_settings", "safetySettings",
            "cachedContent", "cachedContent",
            "cached_content", "cachedContent",
            "labels", "labels");

    private static final Pattern OWN_TOOL = Pattern.compile(
            "tools\\[\\d+]\\.(googleSearch|googleSearchRetrieval|codeExecution|urlContext|googleMaps|fileSearch|computerUse)");
    private static final Pattern OWN_CONFIG = Pattern.compile("generation(?:C|_c)onfig\\.([A-Za-z]+)");

    private final Prompt prompt;
    private final Target target;
    private final GeminiModel model;
    private final Disclosure disclosure = new Disclosure();
    private final GeminiNames names = new GeminiNames();
    private final ObjectNode body = Json.object();

    GeminiRequestEncoder(Prompt prompt, Target target) {
        this.prompt = prompt;
        this.target = target;
        this.model = GeminiModel.of(target.model());
    }

    Encoded encode() {
        GeminiParts parts = new GeminiParts(disclosure, names, target.fetched());
        GeminiContents contents = new GeminiContents(prompt.messages(), parts, model, disclosure);
        ObjectNode system = contents.system();
        if (system != null) {
            body.set("systemInstruction", system);
        }
        body.set("contents", contents.contents());
        tools();
        toolChoice();
        ObjectNode config = new GenerationConfigEncoder(prompt, model, disclosure).encode();
        if (!config.isEmpty()) {
            body.set("generationConfig", config);
        }
        prompt.leftovers().forEach(this::leftover);
        new GeminiDefaults(target).fill(body, prompt);
        Map<String, String> mapped = names.mapped();
        Set<String> ids = ids();
        return new Encoded(
                body, disclosure.unsaid(), disclosure.emulated(), () -> new GeminiAnswerDecoder(mapped, ids));
    }

    private Set<String> ids() {
        Set<String> ids = new HashSet<>();
        for (Message message : prompt.messages()) {
            for (Part part : message.parts()) {
                if (part instanceof Part.ToolCall call) {
                    ids.add(call.id());
                }
            }
        }
        return ids;
    }

    private void tools() {
        ArrayNode functions = Json.mapper().createArrayNode();
        for (Tool tool : prompt.tools()) {
            ObjectNode said = functions.addObject().put("name", names.said(tool.name()));
            String description = tool.description();
            if (description != null) {
                said.put("description", description);
            }
            JsonNode parameters = tool.parameters();
            if (parameters instanceof ObjectNode schema) {
                schema(schema, said);
            } else if (parameters != null && !parameters.isNull()) {
                disclosure.unsaid(tool.path() + ".parameters", "takes only an object as the schema of a tool");
            }
            disclosure.cacheMark(tool.cacheMark(), tool.path(), GeminiParts.NO_MARKS);
        }
        if (!functions.isEmpty()) {
            body.putArray("tools").addObject().set("functionDeclarations", functions);
        }
    }

    /** An object without properties is refused, and the same as none. */
    private static void schema(ObjectNode schema, ObjectNode said) {
        if (!schema.properties().stream().allMatch(GeminiRequestEncoder::saysNothing)) {
            said.set("parametersJsonSchema", schema);
        }
    }

    private static boolean saysNothing(Map.Entry<String, JsonNode> member) {
        JsonNode value = member.getValue();
        return switch (member.getKey()) {
            case "type" -> value.asText().equals("object");
            case "properties", "required" -> value.isEmpty();
            case "additionalProperties" -> value.isBoolean() && !value.booleanValue();
            case "$schema" -> true;
            default -> false;
        };
    }

    private void toolChoice() {
        ToolChoice choice = prompt.toolChoice();
        if (!body.has("tools")) {
            if (choice instanceof ToolChoice.Required || choice instanceof ToolChoice.Named) {
                disclosure.unsaid(prompt.toolChoicePath(), "cannot demand a tool where there is none");
            }
            return;
        }
        boolean strict = prompt.tools().stream().anyMatch(tool -> Boolean.TRUE.equals(tool.strict()));
        ObjectNode said = switch (choice) {
            case null -> strict ? mode("VALIDATED") : null;
            case ToolChoice.Auto _ -> mode(strict ? "VALIDATED" : "AUTO");
            case ToolChoice.None _ -> mode("NONE");
            case ToolChoice.Required _ -> mode("ANY");
            case ToolChoice.Named(String name) -> {
                ObjectNode any = mode("ANY");
                any.putArray("allowedFunctionNames").add(names.said(name));
                yield any;
            }
        };
        if (said != null) {
            body.putObject("toolConfig").set("functionCallingConfig", said);
        }
    }

    private static ObjectNode mode(String mode) {
        return Json.object().put("mode", mode);
    }

    /** What only this language has means here what it meant to the caller. */
    private void leftover(Leftover leftover) {
        if (leftover.value().isNull()) {
            return;
        }
        String own = OWN.get(leftover.path());
        Matcher tool = OWN_TOOL.matcher(leftover.path());
        Matcher config = OWN_CONFIG.matcher(leftover.path());
        if (own != null) {
            body.set(own, leftover.value());
        } else if (tool.matches()) {
            body.withArray("tools").addObject().set(tool.group(1), leftover.value());
        } else if (config.matches()) {
            body.withObject("/generationConfig").putIfAbsent(config.group(1), leftover.value());
        } else {
            disclosure.unsaid(leftover.path(), "has no such field");
        }
    }
}
