package dev.signalbox.dialect.bedrock;

import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.FrameParser;
import dev.signalbox.chat.Json;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Takes a stream of {@code application/vnd.amazon.eventstream} apart. A message is its length, the length of its headers, a
 * CRC-32 of these two, headers, payload, and a CRC-32 of everything before; lengths are big-endian. Both sums are checked, so
 * that no damaged byte becomes a word of the model.
 *
 * <p>An event is named as its {@code :event-type} says; a message that says that something went wrong is named {@link
 * #FAILURE} and the type of the exception.
 *
 * @see <a href="https://smithy.io/2.0/aws/amazon-eventstream.html">Amazon Event Stream Specification</a>
 */
final class EventStreamParser implements FrameParser {

    /** How the name of a message begins that says what went wrong. */
    static final String FAILURE = "exception:";

    private static final int PRELUDE = 12;
    private static final int LEAST = 16;

    private static final int TRUE = 0;
    private static final int FALSE = 1;
    private static final int BYTE = 2;
    private static final int SHORT = 3;
    private static final int INTEGER = 4;
    private static final int LONG = 5;
    private static final int BYTES = 6;
    private static final int STRING = 7;
    private static final int TIMESTAMP = 8;
    private static final int UUID = 9;

    private final int longest;
    private byte[] message = new byte[1024];
    private int length;
    private int whole;

    /**
     * @param longest the most bytes of one message, a bound on memory
     */
    EventStreamParser(int longest) {
        this.longest = longest;
    }

    @Override
    public void feed(byte[] bytes, int from, int to, Events events) {
        int at = from;
        while (at < to) {
            int wanted = whole == 0 ? PRELUDE : whole;
            int more = Math.min(wanted - length, to - at);
            if (length + more > message.length) {
                message = Arrays.copyOf(message, Math.max(length + more, Math.min(message.length * 2, wanted)));
            }
            System.arraycopy(bytes, at, message, length, more);
            length += more;
            at += more;
            if (whole == 0 && length == PRELUDE) {
                whole = prelude();
            }
            if (length == whole) {
                message(events);
                length = 0;
                whole = 0;
            }
        }
    }

    private int prelude() {
        ByteBuffer prelude = ByteBuffer.wrap(message, 0, PRELUDE);
        long total = Integer.toUnsignedLong(prelude.getInt());
        long headers = Integer.toUnsignedLong(prelude.getInt());
        if (prelude.getInt() != sum(PRELUDE - Integer.BYTES)) {
            throw broken("the checksum of a message's beginning is wrong");
        }
        if (total > longest) {
            throw broken("a message is longer than " + longest + " bytes");
        }
        if (total < LEAST || headers > total - LEAST) {
            throw broken("the lengths of a message contradict each other");
        }
        return (int) total;
    }

    private int sum(int to) {
        CRC32 crc = new CRC32();
        crc.update(message, 0, to);
        return (int) crc.getValue();
    }

    private void message(Events events) {
        ByteBuffer all = ByteBuffer.wrap(message, 0, whole);
        int end = whole - Integer.BYTES;
        if (all.getInt(end) != sum(end)) {
            throw broken("the checksum of a message is wrong");
        }
        int payload = PRELUDE + all.getInt(Integer.BYTES);
        Map<String, String> headers = headers(ByteBuffer.wrap(message, PRELUDE, payload - PRELUDE));
        byte[] data = Arrays.copyOfRange(message, payload, end);
        switch (headers.getOrDefault(":message-type", "event")) {
            case "event" -> events.event(headers.get(":event-type"), data);
            case "exception" -> events.event(FAILURE + headers.getOrDefault(":exception-type", ""), data);
            default ->
                events.event(
                        FAILURE + headers.getOrDefault(":error-code", ""),
                        Json.bytes(Json.object().put("message", headers.getOrDefault(":error-message", ""))));
        }
    }

    /** The headers that are strings; the others are passed over, and must be well-formed. */
    private static Map<String, String> headers(ByteBuffer from) {
        Map<String, String> headers = new HashMap<>(8);
        while (from.hasRemaining()) {
            String name = text(from, Byte.toUnsignedInt(from.get()));
            switch (from.hasRemaining() ? from.get() : -1) {
                case TRUE, FALSE -> {}
                case BYTE -> skip(from, Byte.BYTES);
                case SHORT -> skip(from, Short.BYTES);
                case INTEGER -> skip(from, Integer.BYTES);
                case LONG, TIMESTAMP -> skip(from, Long.BYTES);
                case UUID -> skip(from, 2 * Long.BYTES);
                case BYTES -> skip(from, size(from));
                case STRING -> headers.put(name, text(from, size(from)));
                default -> throw broken("a header of a message has a type that there is not");
            }
        }
        return headers;
    }

    private static int size(ByteBuffer from) {
        require(from, Short.BYTES);
        return Short.toUnsignedInt(from.getShort());
    }

    private static String text(ByteBuffer from, int size) {
        require(from, size);
        byte[] text = new byte[size];
        from.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private static void skip(ByteBuffer from, int size) {
        require(from, size);
        from.position(from.position() + size);
    }

    private static void require(ByteBuffer from, int size) {
        if (from.remaining() < size) {
            throw broken("a header of a message is longer than there is room");
        }
    }

    private static BrokenAnswer broken(String problem) {
        return new BrokenAnswer("the stream is damaged: " + problem, null);
    }
}
