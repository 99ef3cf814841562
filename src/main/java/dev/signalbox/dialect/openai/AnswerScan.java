package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One reading of an answer or a chunk, from its first byte to its last, that keeps what the gateway must know of it. */
final class AnswerScan {

    private final byte[] json;
    private final Choices choices;
    private boolean error;
    private boolean hasChoices;
    private int choiceCount;
    private int usageMembers;
    private int usageKey;
    private int usageEnd;
    private @Nullable Usage usage;
    private @Nullable FinishReason finished;
    private @Nullable String model;
    private int textLength;
    private boolean meaningful;

    private AnswerScan(byte[] json, Choices choices) {
        this.json = json;
        this.choices = choices;
    }

    /**
     * Reads it.
     *
     * @param choices learns which choices speak and which have ended
     * @throws BrokenAnswer when it is not one JSON object in UTF-8
     */
    static AnswerScan of(byte[] json, Choices choices) {
        var scan = new AnswerScan(json, choices);
        if (isOtherEncoding(json)) {
            throw notAnObject();
        }
        try (JsonParser parser = Json.FACTORY.createParser(json)) {
            scan.answer(parser);
        } catch (IOException e) {
            throw notAnObject();
        }
        return scan;
    }

    static BrokenAnswer notAnObject() {
        return new BrokenAnswer("the upstream's answer is not a JSON object", null);
    }

    private static boolean isOtherEncoding(byte[] json) {
        return json.length > 1 && (json[0] == 0 || json[1] == 0 || json[0] == (byte) 0xFE || json[0] == (byte) 0xFF);
    }

    /** Whether an error stands where an answer should be. */
    boolean error() {
        return error;
    }

    /** Whether there is an array of choices. */
    boolean hasChoices() {
        return hasChoices;
    }

    /** Whether the array of choices is there and empty, as in the chunk that ends a stream with usage. */
    boolean hasNoChoice() {
        return hasChoices && choiceCount == 0;
    }

    /** Whether there is a {@code usage}, though it may be null. */
    boolean mentionsUsage() {
        return usageMembers > 0;
    }

    @Nullable Usage usage() {
        return usage;
    }

    @Nullable FinishReason finished() {
        return finished;
    }

    @Nullable String model() {
        return model;
    }

    /** How many characters were said. */
    int textLength() {
        return textLength;
    }

    /** Whether anything was said. */
    boolean meaningful() {
        return meaningful;
    }

    /** The same bytes but for the member {@code usage} and the comma that belongs to it. */
    byte[] withoutUsage() {
        int from = usageKey;
        int to = usageEnd;
        int before = from - 1;
        while (isSpace(json[before])) {
            before--;
        }
        if (json[before] == ',') {
            from = before;
        } else {
            int after = to;
            while (isSpace(json[after])) {
                after++;
            }
            to = json[after] == ',' ? after + 1 : to;
        }
        byte[] rest = new byte[json.length - (to - from)];
        System.arraycopy(json, 0, rest, 0, from);
        System.arraycopy(json, to, rest, from, json.length - to);
        return usageMembers == 1 ? rest : of(rest, new Choices()).withoutUsage();
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    private void answer(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw notAnObject();
        }
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            switch (name) {
                case "choices" -> choices(parser);
                case "usage" -> usage(parser);
                case "x_groq" -> extra(parser);
                case "model" -> model = string(parser);
                case "error" -> {
                    error |= parser.nextToken() != JsonToken.VALUE_NULL;
                    parser.skipChildren();
                }
                default -> skip(parser);
            }
        }
        if (parser.nextToken() != null) {
            throw notAnObject();
        }
    }

    private void usage(JsonParser parser) throws IOException {
        usageMembers++;
        usageKey = (int) parser.currentTokenLocation().getByteOffset();
        parser.nextToken();
        Usage counts = TokenCounts.read(parser);
        usage = counts == null ? usage : counts;
        parser.finishToken();
        usageEnd = (int) parser.currentLocation().getByteOffset();
    }

    /** A vendor's own member beside the answer, which may hold the usage that is missing in it. */
    private void extra(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            if (name.equals("usage") && usage == null) {
                usage = TokenCounts.read(parser);
            } else {
                parser.skipChildren();
            }
        }
    }

    private void choices(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        hasChoices = true;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                choice(parser, choiceCount);
            } else {
                parser.skipChildren();
            }
            choiceCount++;
        }
    }

    private void choice(JsonParser parser, int position) throws IOException {
        int index = position;
        FinishReason reason = null;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            switch (name) {
                case "index" -> index = index(parser, position);
                case "delta", "message" -> message(parser);
                case "text" -> said(parser);
                case "finish_reason" -> reason = FinishReasons.read(string(parser));
                default -> skip(parser);
            }
        }
        choices.speaks(index);
        if (reason != null) {
            choices.ends(index);
            finished = reason;
        }
    }

    private static int index(JsonParser parser, int position) throws IOException {
        if (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
            double value = parser.getDoubleValue();
            return value >= 0 ? (int) Math.min(value, Choices.MOST) : position;
        }
        parser.skipChildren();
        return position;
    }

    private void message(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        int thought = 0;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            switch (name) {
                case "content", "refusal" -> said(parser);
                case "reasoning_content", "reasoning" -> thought = Math.max(thought, length(parser)); // some send both
                case "tool_calls" -> calls(parser);
                case "function_call", "audio" -> {
                    parser.nextToken();
                    call(parser);
                }
                default -> skip(parser);
            }
        }
        said(thought);
    }

    /** A string, or the strings called {@code text} in an array of parts. */
    private void said(JsonParser parser) throws IOException {
        said(length(parser));
    }

    private void said(int length) {
        textLength += length;
        meaningful |= length > 0;
    }

    private static int length(JsonParser parser) throws IOException {
        JsonToken token = parser.nextToken();
        if (token == JsonToken.VALUE_STRING) {
            return parser.getTextLength();
        }
        if (token != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return 0;
        }
        int length = 0;
        for (int depth = 1; depth > 0; ) {
            JsonToken next = parser.nextToken();
            if (next.isStructStart()) {
                depth++;
            } else if (next.isStructEnd()) {
                depth--;
            } else if (next == JsonToken.VALUE_STRING && "text".equals(parser.currentName())) {
                length += parser.getTextLength();
            }
        }
        return length;
    }

    private void calls(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            call(parser);
        }
    }

    /** A call, its {@code function} or {@code custom} inside it, or an old function call; audio has a transcript. */
    private void call(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            switch (name) {
                case "function", "custom" -> call(parser);
                case "name", "arguments", "input", "transcript" -> {
                    if (value == JsonToken.VALUE_STRING) {
                        said(parser.getTextLength());
                    } else {
                        meaningful |= value.isStructStart();
                        parser.skipChildren();
                    }
                }
                case "data" -> meaningful |= value == JsonToken.VALUE_STRING && parser.getTextLength() > 0;
                default -> parser.skipChildren();
            }
        }
    }

    private static @Nullable String string(JsonParser parser) throws IOException {
        String value = parser.nextTextValue();
        if (value == null) {
            parser.skipChildren();
        }
        return value;
    }

    private static void skip(JsonParser parser) throws IOException {
        parser.nextToken();
        parser.skipChildren();
    }
}
