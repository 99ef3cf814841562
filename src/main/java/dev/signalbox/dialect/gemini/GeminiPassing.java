package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Json;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads generated content, whole or in pieces, for callers of the same language: its bytes go on as they are, and one pass
 * of a streaming parser picks out what the gateway has to know.
 */
final class GeminiPassing implements AnswerDecoder {

    private final UsageTally tally = new UsageTally();
    private final GeminiFinish finish = new GeminiFinish();
    private boolean ended;

    // what was seen in the JSON that is being read
    private @Nullable String model;
    private boolean usage;
    private boolean answer;
    private boolean error;
    private boolean finished;
    private boolean meaningful;
    private int length;

    @Override
    public void answer(byte[] json, Consumer<ChatEvent> sink) {
        read(json);
        if (!answer) {
            throw new BrokenAnswer("the answer is no generated content: it has no candidates", null);
        }
        ended = true;
        sink.accept(wire(json));
    }

    @Override
    public void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
        if (ended) {
            return;
        }
        if (GeminiFrames.END.equals(name)) {
            ended = finish.isKnown();
            return;
        }
        read(data);
        sink.accept(wire(data));
    }

    private ChatEvent.Wire wire(byte[] data) {
        return new ChatEvent.Wire(
                null,
                data,
                meaningful,
                usage ? tally.usage() : null,
                finished ? finish.reason() : null,
                length,
                model,
                false);
    }

    private void read(byte[] json) {
        model = null;
        usage = false;
        answer = false;
        error = false;
        finished = false;
        meaningful = false;
        length = 0;
        try (JsonParser parser = Json.FACTORY.createParser(json)) {
            JsonToken first = parser.nextToken();
            if (first == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    member(parser.currentName(), parser.nextToken(), parser);
                }
            } else {
                error = true; // a list of errors, or nothing that this language has
            }
            if (error) {
                throw broken(json);
            }
            if (parser.nextToken() != null) {
                throw new BrokenAnswer("the answer is not a JSON object", null);
            }
        } catch (IOException e) {
            throw new BrokenAnswer("the answer is not JSON", null);
        }
    }

    private static BrokenAnswer broken(byte[] json) throws IOException {
        BrokenAnswer said = GeminiErrors.inAnswer(Json.read(json));
        return said == null ? new BrokenAnswer("the answer is not a JSON object", null) : said;
    }

    private void member(String name, JsonToken token, JsonParser parser) throws IOException {
        switch (name) {
            case "modelVersion" -> model = string(token, parser);
            case "usageMetadata" -> {
                if (token == JsonToken.START_OBJECT) {
                    tally.take(parser);
                    usage = true;
                } else {
                    parser.skipChildren();
                }
            }
            case "candidates" -> {
                answer |= token == JsonToken.START_ARRAY;
                each(token, parser, this::candidate);
            }
            case "promptFeedback" -> {
                answer |= token == JsonToken.START_OBJECT;
                members(token, parser, this::feedback);
            }
            case "error" -> {
                error |= token == JsonToken.START_OBJECT;
                parser.skipChildren();
            }
            default -> parser.skipChildren();
        }
    }

    /** Reads a member, and leaves the parser at its end. */
    private interface Member {
        void read(String name, JsonToken token, JsonParser parser) throws IOException;
    }

    private static void members(JsonToken object, JsonParser parser, Member member) throws IOException {
        if (object != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            member.read(name, parser.nextToken(), parser);
        }
    }

    private static void each(JsonToken array, JsonParser parser, Member member) throws IOException {
        if (array != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (token == null) {
                throw new BrokenAnswer("the answer is not a JSON object", null);
            }
            members(token, parser, member);
        }
    }

    private void feedback(String name, JsonToken token, JsonParser parser) throws IOException {
        String word = string(token, parser);
        if (name.equals("blockReason") && word != null) {
            finish.blocked();
            finished = true;
        }
    }

    private void candidate(String name, JsonToken token, JsonParser parser) throws IOException {
        if (name.equals("content")) {
            members(token, parser, this::content);
            return;
        }
        String word = string(token, parser);
        if (name.equals("finishReason") && word != null && !word.isEmpty()) {
            finish.ended(word);
            finished = true;
        }
    }

    private void content(String name, JsonToken token, JsonParser parser) throws IOException {
        if (name.equals("parts")) {
            each(token, parser, this::part);
        } else {
            parser.skipChildren();
        }
    }

    /** A member of a part: words count by their length, and anything but empty words is the model doing something. */
    private void part(String name, JsonToken token, JsonParser parser) throws IOException {
        switch (name) {
            case "text" -> {
                if (token == JsonToken.VALUE_STRING) {
                    int said = parser.getTextLength();
                    length += said;
                    meaningful |= said > 0;
                } else {
                    parser.skipChildren();
                }
            }
            case "functionCall" -> {
                if (token == JsonToken.START_OBJECT) {
                    finish.called();
                    meaningful = true;
                }
                members(token, parser, this::call);
            }
            default -> {
                meaningful |= token == JsonToken.START_OBJECT; // a picture, or what only this language has
                parser.skipChildren();
            }
        }
    }

    private void call(String name, JsonToken token, JsonParser parser) throws IOException {
        if (!name.equals("args") || token != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        long start = parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        int size = (int) (parser.currentLocation().getByteOffset() - start);
        if (size > 2) {
            length += size;
        }
    }

    private static @Nullable String string(JsonToken token, JsonParser parser) throws IOException {
        if (token == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        parser.skipChildren();
        return null;
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public boolean finished() {
        return ended || finish.isKnown();
    }
}
