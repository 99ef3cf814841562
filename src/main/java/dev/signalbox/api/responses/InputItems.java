package dev.signalbox.api.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;

/** What a caller sent, as items of the full form, each with an id. */
final class InputItems {

    private InputItems() {}

    /** What is new in an input, from a place on. */
    static ArrayNode of(JsonNode input, int from, String requestId) {
        ArrayNode items = Json.mapper().createArrayNode();
        if (input.isTextual()) {
            ObjectNode item = Json.object().put("type", "message").put("role", "user");
            item.set("content", input);
            items.add(full(item, requestId, 0));
        }
        for (int i = from; i < input.size(); i++) {
            JsonNode item = input.get(i);
            items.add(item instanceof ObjectNode object ? full(object, requestId, i) : item);
        }
        return items;
    }

    private static ObjectNode full(ObjectNode given, String requestId, int index) {
        String type = given.path("type").asText("message");
        ObjectNode item = Json.object();
        item.put("id", id(type, requestId, index)).put("type", type);
        if (type.equals("message")) {
            item.put("status", "completed");
        }
        given.properties().forEach(member -> {
            if (!member.getValue().isNull()) {
                item.set(member.getKey(), member.getValue());
            }
        });
        JsonNode content = item.path("content");
        if (type.equals("message") && content.isTextual()) {
            boolean model = item.path("role").asText().equals("assistant");
            ObjectNode part = item.putArray("content")
                    .addObject()
                    .put("type", model ? "output_text" : "input_text")
                    .put("text", content.textValue());
            if (model) {
                part.putArray("annotations");
            }
        }
        return item;
    }

    /** Ids as the dialect gives them to what no vendor has numbered. */
    private static String id(String type, String requestId, int index) {
        String prefix = switch (type) {
            case "message" -> "msg";
            case "function_call" -> "fc";
            case "function_call_output" -> "fco";
            case "reasoning" -> "rs";
            default -> "item";
        };
        return prefix + "_sbx" + requestId.replace("req_", "") + "in" + index;
    }
}
