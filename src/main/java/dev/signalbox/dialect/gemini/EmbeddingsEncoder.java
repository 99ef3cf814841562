package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.dialect.Disclosure;

/** Writes a prompt as a batch of requests for vectors. */
final class EmbeddingsEncoder {

    private final Prompt prompt;
    private final Target target;
    private final Disclosure disclosure = new Disclosure();
    private final ObjectNode common = Json.object();

    EmbeddingsEncoder(Prompt prompt, Target target) {
        this.prompt = prompt;
        this.target = target;
    }

    Encoded encode() {
        for (Setting setting : Setting.values()) {
            Given given = prompt.setting(setting);
            if (given != null && !given.value().isNull()) {
                say(setting, given);
            }
        }
        defaults(target).properties().forEach(member -> {
            Setting setting = member.getKey().equals("taskType") ? Setting.EMBEDDING_PURPOSE : Setting.DIMENSIONS;
            if (prompt.setting(setting) == null) {
                common.putIfAbsent(member.getKey(), member.getValue());
            }
        });
        ObjectNode body = Json.object();
        ArrayNode requests = body.putArray("requests");
        for (Message message : prompt.messages()) {
            for (Part part : message.parts()) {
                if (part instanceof Part.Text text) {
                    requests.add(request(text.text()));
                } else {
                    disclosure.impossible(part.path(), "makes vectors of texts only");
                }
            }
        }
        prompt.tools().forEach(tool -> disclosure.unsaid(tool.path(), "makes vectors, and calls no tools"));
        disclosure.leftovers(prompt);
        return new Encoded(
                body, disclosure.unsaid(), disclosure.emulated(), () -> new EmbeddingsReader(false, target.model()));
    }

    private ObjectNode request(String text) {
        ObjectNode request = Json.object().put("model", GeminiModel.resource(target.model()));
        request.putObject("content").putArray("parts").addObject().put("text", text);
        request.setAll(common);
        return request;
    }

    private void say(Setting setting, Given given) {
        switch (setting) {
            case DIMENSIONS -> common.set("outputDimensionality", given.value());
            case EMBEDDING_PURPOSE -> {
                String type = TaskTypes.type(given.value().asText());
                if (type == null) {
                    disclosure.unsaid(given.path(), "knows no such purpose of vectors");
                } else {
                    common.put("taskType", type);
                }
            }
            case USER -> disclosure.hint(given.path(), "has no field for the caller's own users");
            default -> disclosure.unsaid(given.path(), "makes vectors, and answers nothing");
        }
    }

    /** What a deployment's configuration says for callers who say nothing. */
    static ObjectNode defaults(Target target) {
        ObjectNode defaults = Json.object();
        target.defaults().forEach((name, value) -> {
            JsonNode json = Json.mapper().valueToTree(value);
            switch (name) {
                case "dimensions", "output_dimensionality", "outputDimensionality" ->
                    defaults.set("outputDimensionality", json);
                case "task_type", "taskType" -> defaults.set("taskType", json);
                default -> {} // for those who chat
            }
        });
        return defaults;
    }
}
