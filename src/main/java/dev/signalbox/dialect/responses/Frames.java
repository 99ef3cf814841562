package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes numbered server-sent events, by hand since there is one for every few characters. */
final class Frames {

    private static final byte[] NOTHING = {};

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    private int sequence;

    /** Begins an event. */
    Frames begin(String type) {
        ascii("event: ").ascii(type).ascii("\ndata: {\"type\":\"").ascii(type);
        return ascii("\",\"sequence_number\":").ascii(String.valueOf(sequence++));
    }

    /** The next event has that number. */
    void goOnAt(int number) {
        sequence = number;
    }

    /** A member. */
    Frames put(String name, int value) {
        return name(name).ascii(String.valueOf(value));
    }

    /** A member. */
    Frames put(String name, String value) {
        name(name);
        out.writeBytes(Json.quoted(value));
        return this;
    }

    /** A member. */
    Frames put(String name, JsonNode value) {
        name(name);
        out.writeBytes(Json.bytes(value));
        return this;
    }

    /** Ends the event. */
    void end() {
        ascii("}\n\n");
    }

    /** An event that was written elsewhere; what stands on several lines stays on several. */
    void pass(String type, byte[] json) {
        sequence++;
        ascii("event: ").ascii(type).ascii("\ndata: ");
        int from = 0;
        for (int i = 0; i < json.length; i++) {
            if (json[i] == '\n') {
                out.write(json, from, i + 1 - from);
                ascii("data: ");
                from = i + 1;
            }
        }
        out.write(json, from, json.length - from);
        ascii("\n\n");
    }

    /** What was written since the last time. */
    byte[] take() {
        if (out.size() == 0) {
            return NOTHING;
        }
        byte[] bytes = out.toByteArray();
        out.reset();
        return bytes;
    }

    private Frames name(String name) {
        return ascii(",\"").ascii(name).ascii("\":");
    }

    private Frames ascii(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }
}
