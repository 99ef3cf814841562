package dev.signalbox.api.responses;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;

/** What the gateway wrote down, read again. */
final class KeptJson {

    /** Seals of vendors that the gateway wrapped itself are shown to everybody, since nobody knew to ask for them. */
    private static final String WRAPPED = "signalbox:";

    private KeptJson() {}

    static JsonNode read(String json) {
        try {
            return Json.read(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what was kept is no JSON", e);
        }
    }

    /** Takes out what the caller did not ask for. */
    static void hideSeals(JsonNode items) {
        for (JsonNode item : items) {
            if (item instanceof ObjectNode object
                    && !object.path("encrypted_content").asText("").startsWith(WRAPPED)) {
                object.remove("encrypted_content");
            }
        }
    }
}
