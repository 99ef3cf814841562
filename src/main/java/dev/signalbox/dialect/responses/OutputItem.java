package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One item of an answer while it is being written. */
sealed interface OutputItem {

    /** Its id. */
    String id();

    /** As JSON. */
    ObjectNode json(String status);

    /** An item that another has written. */
    record Whole(String id, ObjectNode json) implements OutputItem {

        @Override
        public ObjectNode json(String status) {
            return json;
        }
    }

    /** Words of the model, or of its refusal, in turns. */
    record Message(String id, List<Words> parts) implements OutputItem {

        Message(String id) {
            this(id, new ArrayList<>(1));
        }

        @Override
        public ObjectNode json(String status) {
            ObjectNode item = Json.object()
                    .put("id", id)
                    .put("type", "message")
                    .put("status", status)
                    .put("role", "assistant");
            ArrayNode content = item.putArray("content");
            parts.forEach(part -> content.add(part.json(part.text().toString())));
            return item;
        }
    }

    /** A part of a message. */
    record Words(boolean refusal, StringBuilder text) {

        ObjectNode json(String said) {
            if (refusal) {
                return Json.object().put("type", "refusal").put("refusal", said);
            }
            ObjectNode part = Json.object().put("type", "output_text").put("text", said);
            part.putArray("annotations");
            part.putArray("logprobs");
            return part;
        }
    }

    /** A call of a function. */
    record Call(String id, String callId, String name, StringBuilder arguments) implements OutputItem {

        @Override
        public ObjectNode json(String status) {
            return Json.object()
                    .put("id", id)
                    .put("type", "function_call")
                    .put("status", status)
                    .put("arguments", arguments.toString())
                    .put("call_id", callId)
                    .put("name", name);
        }
    }

    /** Thoughts, shown as their summary, with the seal of whose they are. */
    final class Thoughts implements OutputItem {
        private final String id;
        private final StringBuilder text = new StringBuilder();
        private @Nullable Seal seal;

        Thoughts(String id) {
            this.id = id;
        }

        @Override
        public String id() {
            return id;
        }

        /** What was thought so far. */
        StringBuilder text() {
            return text;
        }

        void seal(Seal its) {
            seal = its;
        }

        static ObjectNode part(String text) {
            return Json.object().put("type", "summary_text").put("text", text);
        }

        @Override
        public ObjectNode json(String status) {
            ObjectNode item = Json.object().put("id", id).put("type", "reasoning");
            ArrayNode summary = item.putArray("summary");
            if (!text.isEmpty()) {
                summary.add(part(text.toString()));
            }
            Seal its = seal;
            if (its != null) {
                item.put("encrypted_content", its.write());
            }
            return item;
        }
    }
}
