package dev.signalbox.chat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The ways in which a network may cut a stream of server-sent events, and in which servers may end its lines. */
public final class Chunkings {

    private Chunkings() {}

    /** One event, as a value. */
    public record Event(@Nullable String name, String data) {}

    /** Shows the check every cut of the bytes in two, one byte at a time, all at once, and pieces of three and of seven. */
    public static void each(byte[] bytes, Consumer<List<byte[]>> check) {
        check.accept(List.of(bytes));
        check.accept(pieces(bytes, 1));
        check.accept(pieces(bytes, 3));
        check.accept(pieces(bytes, 7));
        for (int cut = 1; cut < bytes.length; cut++) {
            check.accept(List.of(Arrays.copyOf(bytes, cut), Arrays.copyOfRange(bytes, cut, bytes.length)));
        }
    }

    /** The same events with LF, CRLF and CR at the ends of lines, behind a byte order mark, and among comments. */
    public static List<byte[]> writings(String stream) {
        return List.of(
                utf8(stream),
                utf8(stream.replace("\n", "\r\n")),
                utf8(stream.replace("\n", "\r")),
                utf8("\uFEFF" + stream),
                utf8(": hello\n\n" + stream.replace("\n\n", "\n: PROCESSING\nretry: 5\n\n: ping\n\n")));
    }

    /** The events of a stream that came in pieces. */
    public static List<Event> events(List<byte[]> pieces) {
        var events = new ArrayList<Event>();
        var parser = new SseParser(1 << 20);
        for (byte[] piece : pieces) {
            parser.feed(
                    piece,
                    0,
                    piece.length,
                    (name, data) -> events.add(new Event(name, new String(data, StandardCharsets.UTF_8))));
        }
        return events;
    }

    private static List<byte[]> pieces(byte[] bytes, int size) {
        var pieces = new ArrayList<byte[]>();
        for (int from = 0; from < bytes.length; from += size) {
            pieces.add(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size)));
        }
        return pieces;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
