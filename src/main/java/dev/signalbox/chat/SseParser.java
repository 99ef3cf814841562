package dev.signalbox.chat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes a stream of server-sent events apart, however its bytes were cut on the way.
 *
 * <p>Follows <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation">the
 * WHATWG rules</a>: CR, LF and CRLF end lines, a byte order mark at the start is skipped, several data lines are joined by
 * LF, comments and unknown fields mean nothing. An event that the stream ends within is not dispatched, as there.
 */
public final class SseParser implements FrameParser {

    private static final byte[] DATA = "data".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVENT = "event".getBytes(StandardCharsets.US_ASCII);

    private final int longest;
    private byte[] line = new byte[512];
    private int length;
    private byte[] data = new byte[0];
    private boolean hasData;
    private @Nullable String name;
    private boolean afterReturn;
    private boolean atStart = true;

    /**
     * @param longest the most bytes of one event, a bound on memory
     */
    public SseParser(int longest) {
        this.longest = longest;
    }

    @Override
    public void feed(byte[] bytes, int from, int to, Events events) {
        int begin = from;
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b != '\n' && b != '\r') {
                afterReturn = false;
                continue;
            }
            if (b == '\n' && afterReturn) {
                afterReturn = false;
                begin = i + 1;
                continue;
            }
            afterReturn = b == '\r';
            if (length == 0) {
                line(bytes, begin, i, events);
            } else {
                append(bytes, begin, i);
                int whole = length;
                length = 0;
                line(line, 0, whole, events);
            }
            begin = i + 1;
        }
        append(bytes, begin, to);
    }

    private void append(byte[] bytes, int from, int to) {
        int more = to - from;
        if (more <= 0) {
            return;
        }
        requireRoom((long) length + more);
        if (length + more > line.length) {
            line = Arrays.copyOf(line, Math.max(length + more, Math.min(line.length * 2, longest)));
        }
        System.arraycopy(bytes, from, line, length, more);
        length += more;
    }

    private void requireRoom(long size) {
        if (size > longest) {
            throw new Dialect.BrokenAnswer("an event of the stream is longer than " + longest + " bytes", null);
        }
    }

    private void line(byte[] bytes, int lineStart, int end, Events events) {
        int start = lineStart;
        if (atStart) {
            atStart = false;
            if (end - start >= 3
                    && bytes[start] == (byte) 0xEF
                    && bytes[start + 1] == (byte) 0xBB
                    && bytes[start + 2] == (byte) 0xBF) {
                start += 3;
            }
        }
        if (start == end) {
            dispatch(events);
            return;
        }
        int colon = start;
        while (colon < end && bytes[colon] != ':') {
            colon++;
        }
        int value = Math.min(end, colon + 1);
        if (value < end && bytes[value] == ' ') {
            value++;
        }
        if (Arrays.equals(bytes, start, colon, DATA, 0, DATA.length)) {
            addData(bytes, value, end);
        } else if (Arrays.equals(bytes, start, colon, EVENT, 0, EVENT.length)) {
            name = new String(bytes, value, end - value, StandardCharsets.UTF_8);
        }
    }

    private void addData(byte[] bytes, int from, int to) {
        if (!hasData) {
            requireRoom(to - from);
            data = Arrays.copyOfRange(bytes, from, to);
            hasData = true;
            return;
        }
        requireRoom((long) data.length + 1 + to - from);
        byte[] joined = Arrays.copyOf(data, data.length + 1 + to - from);
        joined[data.length] = '\n';
        System.arraycopy(bytes, from, joined, data.length + 1, to - from);
        data = joined;
    }

    private void dispatch(Events events) {
        String named = name;
        name = null;
        if (hasData) {
            hasData = false;
            byte[] whole = data;
            data = new byte[0];
            events.event(named == null || named.isEmpty() ? null : named, whole);
        }
    }
}
