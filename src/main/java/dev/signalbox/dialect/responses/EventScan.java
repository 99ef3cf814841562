package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Json;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One reading of an event that keeps its type, how much was said in it, and what kind of item it is about. */
final class EventScan {

    private String type = "";
    private int said;
    private @Nullable String item;
    private @Nullable String model;
    private boolean error;

    private EventScan() {}

    /**
     * Reads it.
     *
     * @throws BrokenAnswer when it is not one JSON object in UTF-8
     */
    static EventScan of(byte[] json) {
        var scan = new EventScan();
        if (json.length > 1 && (json[0] == 0 || json[1] == 0 || json[0] == (byte) 0xFE || json[0] == (byte) 0xFF)) {
            throw notAnObject();
        }
        try (JsonParser parser = Json.FACTORY.createParser(json)) {
            scan.event(parser);
        } catch (IOException e) {
            throw notAnObject();
        }
        return scan;
    }

    static BrokenAnswer notAnObject() {
        return new BrokenAnswer("the upstream's answer is not a JSON object", null);
    }

    /** The event's own word for itself; empty when it has none. */
    String type() {
        return type;
    }

    /** How many characters its {@code delta} has. */
    int said() {
        return said;
    }

    /** The type of the item in it. */
    @Nullable String item() {
        return item;
    }

    /** The model of the response in it. */
    @Nullable String model() {
        return model;
    }

    /** Whether an error stands in it. */
    boolean error() {
        return error;
    }

    private void event(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw notAnObject();
        }
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            switch (name) {
                case "type" -> type = value == JsonToken.VALUE_STRING ? parser.getText() : "";
                case "delta" -> said = value == JsonToken.VALUE_STRING ? parser.getTextLength() : 0;
                case "item" -> item = member(parser, "type");
                case "response" -> model = member(parser, "model");
                case "error" -> error = value != JsonToken.VALUE_NULL;
                default -> {}
            }
            parser.skipChildren();
        }
        if (parser.nextToken() != null) {
            throw notAnObject();
        }
    }

    /** A string in the object at which the parser stands, which is read to its end. */
    private static @Nullable String member(JsonParser parser, String wanted) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            return null;
        }
        String found = null;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            if (name.equals(wanted) && value == JsonToken.VALUE_STRING) {
                found = parser.getText();
            }
            parser.skipChildren();
        }
        return found;
    }
}
