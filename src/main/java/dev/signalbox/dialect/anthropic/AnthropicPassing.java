package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Json;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages, whole or in events, for callers of the same language: their bytes go on as they are, and one pass of a
 * streaming parser picks out what the gateway has to know.
 */
final class AnthropicPassing implements AnswerDecoder {

    private final UsageTally tally = new UsageTally();
    private boolean finished;
    private boolean ended;

    // what was seen in the JSON that is being read
    private @Nullable String type;
    private @Nullable String model;
    private @Nullable String stopReason;
    private boolean usage;
    private boolean content;
    private boolean error;
    private boolean meaningful;
    private int length;

    @Override
    public void answer(byte[] json, Consumer<ChatEvent> sink) {
        read(json);
        if (isError(null)) {
            throw broken(json);
        }
        if (!content) {
            throw new BrokenAnswer("the answer is not a message: it has no content", null);
        }
        finished = true;
        ended = true;
        sink.accept(wire(null, json, false));
    }

    @Override
    public void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
        if (ended) {
            return;
        }
        read(data);
        if (isError(name)) {
            throw broken(data);
        }
        String kind = type == null ? name : type;
        finished |= stopReason != null;
        ended = "message_stop".equals(kind);
        sink.accept(wire(name == null ? kind : name, data, "ping".equals(kind)));
    }

    private boolean isError(@Nullable String name) {
        return type == null ? "error".equals(name) || error : type.equals("error");
    }

    private static BrokenAnswer broken(byte[] json) {
        try {
            if (Json.read(json) instanceof ObjectNode root) {
                return AnthropicErrors.inAnswer(root);
            }
        } catch (IOException e) {
            // said below
        }
        return notAnAnswer();
    }

    private static BrokenAnswer notAnAnswer() {
        return new BrokenAnswer("the answer is not a JSON object", null);
    }

    private ChatEvent.Wire wire(@Nullable String name, byte[] data, boolean silent) {
        FinishReason reason = stopReason == null ? null : StopReasons.read(stopReason);
        return new ChatEvent.Wire(name, data, meaningful, usage ? tally.usage() : null, reason, length, model, silent);
    }

    private void read(byte[] json) {
        type = null;
        model = null;
        stopReason = null;
        usage = false;
        content = false;
        error = false;
        meaningful = false;
        length = 0;
        try (JsonParser parser = Json.FACTORY.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw notAnAnswer();
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                member(parser.currentName(), parser.nextToken(), parser);
            }
            if (parser.nextToken() != null) {
                throw notAnAnswer();
            }
        } catch (IOException e) {
            throw new BrokenAnswer("the answer is not JSON", null);
        }
    }

    /** A member of an event, or of a whole message: they have no name in common that means different things. */
    private void member(String name, JsonToken token, JsonParser parser) throws IOException {
        switch (name) {
            case "type" -> type = string(token, parser);
            case "model" -> model = string(token, parser);
            case "stop_reason" -> stopReason = string(token, parser);
            case "usage" -> usage(token, parser);
            case "message" -> message(token, parser);
            case "content_block" -> block(token, parser);
            case "delta" -> delta(token, parser);
            case "content" -> content(token, parser);
            case "error" -> {
                error = token == JsonToken.START_OBJECT;
                parser.skipChildren();
            }
            default -> parser.skipChildren();
        }
    }

    private static @Nullable String string(JsonToken token, JsonParser parser) throws IOException {
        if (token == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        parser.skipChildren();
        return null;
    }

    private void usage(JsonToken token, JsonParser parser) throws IOException {
        if (token == JsonToken.START_OBJECT) {
            tally.take(parser);
            usage = true;
        } else {
            parser.skipChildren();
        }
    }

    private void message(JsonToken message, JsonParser parser) throws IOException {
        if (message != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            switch (name) {
                case "model" -> model = string(token, parser);
                case "usage" -> usage(token, parser);
                default -> parser.skipChildren();
            }
        }
    }

    private void content(JsonToken array, JsonParser parser) throws IOException {
        if (array != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        content = true;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (token == null) {
                throw notAnAnswer();
            }
            block(token, parser);
        }
    }

    /** A block: words count by their length, and anything but empty words is the model doing something. */
    private void block(JsonToken block, JsonParser parser) throws IOException {
        if (block != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        String kind = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            switch (name) {
                case "type" -> kind = string(token, parser);
                case "text", "thinking" -> words(token, parser);
                case "input" -> input(parser);
                default -> parser.skipChildren();
            }
        }
        if (kind != null && !kind.equals("text") && !kind.equals("thinking")) {
            meaningful = true;
        }
    }

    private void input(JsonParser parser) throws IOException {
        long start = parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        int size = (int) (parser.currentLocation().getByteOffset() - start);
        if (size > 2) {
            length += size;
        }
    }

    private void delta(JsonToken delta, JsonParser parser) throws IOException {
        if (delta != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            switch (name) {
                case "text", "thinking", "partial_json" -> words(token, parser);
                case "stop_reason" -> stopReason = string(token, parser);
                default -> parser.skipChildren();
            }
        }
    }

    private void words(JsonToken token, JsonParser parser) throws IOException {
        if (token == JsonToken.VALUE_STRING) {
            int said = parser.getTextLength();
            length += said;
            meaningful |= said > 0;
        } else {
            parser.skipChildren();
        }
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public boolean finished() {
        return finished;
    }
}
