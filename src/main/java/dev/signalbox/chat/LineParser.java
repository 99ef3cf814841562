package dev.signalbox.chat;

import java.util.Arrays;

/**
 * Takes a stream apart whose events are lines, one JSON document each, however its bytes were cut on the way. Blank lines
 * mean nothing; a last line without an end is an event too.
 *
 * @see <a href="https://github.com/ndjson/ndjson-spec">newline-delimited JSON</a>
 */
public final class LineParser implements FrameParser {

    private final int longest;
    private byte[] line = new byte[512];
    private int length;

    /**
     * @param longest the most bytes of one line, a bound on memory
     */
    public LineParser(int longest) {
        this.longest = longest;
    }

    @Override
    public void feed(byte[] bytes, int from, int to, Events events) {
        int begin = from;
        for (int i = from; i < to; i++) {
            if (bytes[i] != '\n') {
                continue;
            }
            if (length == 0) {
                requireRoom((long) i - begin);
                line(bytes, begin, i, events);
            } else {
                append(bytes, begin, i);
                end(events);
            }
            begin = i + 1;
        }
        append(bytes, begin, to);
    }

    @Override
    public void end(Events events) {
        int whole = length;
        length = 0;
        line(line, 0, whole, events);
    }

    private void append(byte[] bytes, int from, int to) {
        int more = to - from;
        if (more <= 0) {
            return;
        }
        requireRoom((long) length + more);
        if (length + more > line.length) {
            line = Arrays.copyOf(line, (int) Math.max(length + more, Math.min(line.length * 2L, longest)));
        }
        System.arraycopy(bytes, from, line, length, more);
        length += more;
    }

    private void requireRoom(long size) {
        if (size > longest) {
            throw new Dialect.BrokenAnswer("a line of the stream is longer than " + longest + " bytes", null);
        }
    }

    private static void line(byte[] bytes, int lineStart, int lineEnd, Events events) {
        int start = lineStart;
        int end = lineEnd;
        while (start < end && isSpace(bytes[start])) {
            start++;
        }
        while (end > start && isSpace(bytes[end - 1])) {
            end--;
        }
        if (start < end) {
            events.event(null, Arrays.copyOfRange(bytes, start, end));
        }
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t' || b == '\r';
    }
}
