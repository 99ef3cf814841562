package dev.signalbox.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import java.io.IOException;

/**
 * A provider or model as a caller writes it.
 *
 * @param keys those of the configuration
 */
record DefinitionRequest(String name, ObjectNode keys) {

    private static final int LARGEST = 1_000_000;

    /** Reads one that is to be made: {@code name} stands beside the keys. */
    static DefinitionRequest named(byte[] body) {
        ObjectNode keys = object(body);
        JsonNode name = keys.remove("name");
        if (name == null || !name.isTextual()) {
            throw new InvalidRequest("name must be a text", "name");
        }
        return new DefinitionRequest(name.asText(), keys);
    }

    /** Reads what is to change of one that there is; its name stays. */
    static ObjectNode patch(String name, byte[] body) {
        ObjectNode keys = object(body);
        JsonNode given = keys.remove("name");
        if (given != null && !given.asText().equals(name)) {
            throw new InvalidRequest("name cannot be changed", "name");
        }
        return keys;
    }

    private static ObjectNode object(byte[] body) {
        if (body.length > LARGEST) {
            throw new InvalidRequest("the body is too large", null);
        }
        try {
            if (Json.read(body) instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException _) {
            // told below
        }
        throw new InvalidRequest("the body must be a JSON object", null);
    }
}
