package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.Json;
import java.io.IOException;

/** A chunk that passed as the upstream wrote it; what is added to its answer has the same id, time and model. */
record PassedChunk(JsonNode tree) {

    /** One that is no JSON says nothing. */
    static PassedChunk of(byte[] json) {
        try {
            return new PassedChunk(Json.read(json));
        } catch (IOException unreadable) {
            return new PassedChunk(MissingNode.getInstance());
        }
    }

    boolean isReadable() {
        return tree.isObject();
    }

    String id(AnswerForm form) {
        return tree.path("id").asText(form.id());
    }

    long created(AnswerForm form) {
        return tree.path("created").asLong(form.created());
    }

    String model() {
        return tree.path("model").asText();
    }
}
