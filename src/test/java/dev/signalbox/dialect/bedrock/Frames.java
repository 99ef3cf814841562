package dev.signalbox.dialect.bedrock;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/** Messages of an event stream as Bedrock sends them. */
public final class Frames {

    private Frames() {}

    /** An event of that type. */
    public static byte[] event(String type, String json) {
        return frame(headers("event", ":event-type", type), json.getBytes(UTF_8));
    }

    /** An exception of that type. */
    public static byte[] exception(String type, String message) {
        return frame(
                headers("exception", ":exception-type", type), ("{\"message\":\"" + message + "\"}").getBytes(UTF_8));
    }

    /** One after the other. */
    public static byte[] joined(byte[]... frames) {
        var all = new ByteArrayOutputStream();
        for (byte[] frame : frames) {
            all.writeBytes(frame);
        }
        return all.toByteArray();
    }

    /** A message of such headers. */
    public static byte[] frame(byte[] headers, byte[] payload) {
        int total = 16 + headers.length + payload.length;
        ByteBuffer frame = ByteBuffer.allocate(total).putInt(total).putInt(headers.length);
        frame.putInt(sum(frame.array(), 8)).put(headers).put(payload);
        return frame.putInt(sum(frame.array(), total - 4)).array();
    }

    /** The usual headers. */
    public static byte[] headers(String messageType, String name, String type) {
        var headers = new ByteArrayOutputStream();
        string(headers, name, type);
        string(headers, ":content-type", "application/json");
        string(headers, ":message-type", messageType);
        return headers.toByteArray();
    }

    static void string(ByteArrayOutputStream into, String name, String value) {
        byte[] key = name.getBytes(UTF_8);
        byte[] text = value.getBytes(UTF_8);
        into.write(key.length);
        into.writeBytes(key);
        into.write(7);
        into.write(text.length >> 8);
        into.write(text.length);
        into.writeBytes(text);
    }

    private static int sum(byte[] bytes, int to) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, to);
        return (int) crc.getValue();
    }

    /** What a decoder says of a stream that comes in these pieces. */
    static List<ChatEvent> read(AnswerDecoder decoder, List<byte[]> pieces) {
        List<ChatEvent> events = new ArrayList<>();
        var parser = new EventStreamParser(1 << 20);
        for (byte[] piece : pieces) {
            parser.feed(piece, 0, piece.length, (name, data) -> decoder.event(name, data, events::add));
        }
        return events;
    }
}
