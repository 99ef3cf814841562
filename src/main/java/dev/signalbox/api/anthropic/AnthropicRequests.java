package dev.signalbox.api.anthropic;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What this door itself must know of a request for a message; the rest is for whoever answers it. */
final class AnthropicRequests {

    private static final int LONGEST_MODEL = 512;

    private AnthropicRequests() {}

    /** The model; also sees to it that there are messages. */
    static String model(Body body) {
        String model = body.string("model");
        if (model == null || model.isBlank()) {
            throw new InvalidRequest("'model' is required", "model");
        }
        if (model.length() > LONGEST_MODEL) {
            throw new InvalidRequest("'model' is longer than " + LONGEST_MODEL + " characters", "model");
        }
        requireMessages(body);
        return model;
    }

    private static void requireMessages(Body body) {
        if (!body.has("messages")) {
            throw new InvalidRequest("'messages' is required", "messages");
        }
        Body.Member messages = body.member("messages");
        if (messages == null || messages.type() != JsonToken.START_ARRAY) {
            throw new InvalidRequest("'messages' must be a list of messages", "messages");
        }
        for (int i = messages.start() + 1; i < messages.end(); i++) {
            byte b = body.bytes()[i];
            if (b == ']') {
                throw new InvalidRequest("'messages' must not be empty", "messages");
            }
            if (b > ' ') {
                return;
            }
        }
    }

    /** Sees to it that there is a limit, which this language demands. */
    static void requireMaxTokens(Body body) {
        Body.Member most = body.has("max_tokens") ? body.member("max_tokens") : null;
        if (most == null) {
            throw new InvalidRequest("'max_tokens' is required", "max_tokens");
        }
        if (most.type() != JsonToken.VALUE_NUMBER_INT || body.bytes()[most.start()] == '-') {
            throw new InvalidRequest("'max_tokens' must be an integer that is not below zero", "max_tokens");
        }
    }

    /** The caller's own end user, if said. */
    static @Nullable String user(Body body) {
        Body.Member metadata = body.member("metadata");
        if (metadata == null || metadata.type() != JsonToken.START_OBJECT) {
            return null;
        }
        try {
            JsonNode said = Json.read(Arrays.copyOfRange(body.bytes(), metadata.start(), metadata.end()));
            return said.path("user_id").textValue();
        } catch (IOException e) {
            return null;
        }
    }
}
