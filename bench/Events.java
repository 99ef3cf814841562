import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Counts what matters in the server-sent events of a chat: pieces of text, and the end mark. */
final class Events {
    private static final byte[] DATA = "data:".getBytes(UTF_8);
    private static final byte[] END = "[DONE]".getBytes(UTF_8);
    private static final byte[] CONTENT = "\"content\":\"".getBytes(UTF_8);

    private byte[] line = new byte[512];
    private int length;
    private int chunks;
    private boolean ended;

    /** Events with text; those with a role or a count of tokens only are none. */
    int chunks() {
        return chunks;
    }

    boolean ended() {
        return ended;
    }

    void next() {
        length = 0;
        chunks = 0;
        ended = false;
    }

    void read(byte[] bytes, int from, int to) {
        int start = from;
        for (int at = from; at < to; at++) {
            if (bytes[at] == '\n') {
                if (length == 0) {
                    line(bytes, start, at);
                } else {
                    keep(bytes, start, at);
                    line(line, 0, length);
                    length = 0;
                }
                start = at + 1;
            }
        }
        keep(bytes, start, to);
    }

    private void keep(byte[] bytes, int from, int to) {
        int size = to - from;
        if (length + size > line.length) {
            line = Arrays.copyOf(line, 2 * (length + size));
        }
        System.arraycopy(bytes, from, line, length, size);
        length += size;
    }

    private void line(byte[] bytes, int from, int to) {
        if (!startsWith(DATA, bytes, from, to)) {
            return;
        }
        int text = indexAfter(CONTENT, bytes, from, to);
        if (text >= 0 && bytes[text] != '"') {
            chunks++;
        } else if (text < 0) {
            ended |= indexAfter(END, bytes, from, Math.min(to, from + DATA.length + END.length + 1)) >= 0;
        }
    }

    private static boolean startsWith(byte[] prefix, byte[] bytes, int from, int to) {
        return to - from >= prefix.length
                && Arrays.equals(bytes, from, from + prefix.length, prefix, 0, prefix.length);
    }

    private static int indexAfter(byte[] wanted, byte[] bytes, int from, int to) {
        for (int at = from; at <= to - wanted.length; at++) {
            if (bytes[at] == wanted[0] && startsWith(wanted, bytes, at, to)) {
                return at + wanted.length;
            }
        }
        return -1;
    }
}
