import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/** Takes HTTP/1.1 messages apart, requests and answers alike, in whatever pieces they arrive. */
final class HttpReader {

    /** Receives the body of a message without its framing. */
    interface Body {
        void bytes(byte[] buffer, int from, int to);
    }

    private enum State { HEAD, SIZED, CHUNK_SIZE, CHUNK, CHUNK_END, TRAILER, UNTIL_CLOSE, COMPLETE }

    private final boolean answers;
    private final Body body;
    private State state = State.HEAD;
    private byte[] raw = new byte[1024];
    private int length;
    private long remaining;
    private boolean extension;
    private String head;

    private HttpReader(boolean answers, Body body) {
        this.answers = answers;
        this.body = body;
    }

    static HttpReader ofRequests(Body body) {
        return new HttpReader(false, body);
    }

    static HttpReader ofAnswers(Body body) {
        return new HttpReader(true, body);
    }

    /** Makes ready for the next message of the connection. */
    void next() {
        state = State.HEAD;
        length = 0;
        head = null;
    }

    boolean complete() {
        return state == State.COMPLETE;
    }

    /** An answer without a length ends with its connection; any other message is then cut. */
    boolean completeWhenClosed() {
        return complete() || state == State.UNTIL_CLOSE;
    }

    /** Whether nothing of a message has arrived since the last one ended. */
    boolean idle() {
        return state == State.HEAD && length == 0;
    }

    int status() {
        return Integer.parseInt(head, 9, 12, 10);
    }

    /** The second word of a request's first line. */
    String path() {
        int start = head.indexOf(' ') + 1;
        return head.substring(start, head.indexOf(' ', start));
    }

    /** A header's value, empty when it is not there. */
    String header(String name) {
        for (int line = head.indexOf("\r\n"); line >= 0; line = head.indexOf("\r\n", line + 2)) {
            int colon = line + 2 + name.length();
            if (head.regionMatches(true, line + 2, name, 0, name.length()) && head.charAt(colon) == ':') {
                return head.substring(colon + 1, head.indexOf("\r\n", colon)).strip();
            }
        }
        return "";
    }

    /** Reads up to the end of the message and says where it stopped. */
    int read(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && state != State.COMPLETE) {
            at = switch (state) {
                case HEAD -> readHead(bytes, at, to);
                case SIZED, CHUNK -> readSized(bytes, at, to);
                case UNTIL_CLOSE -> readAll(bytes, at, to);
                case CHUNK_SIZE -> readChunkSize(bytes[at], at);
                case CHUNK_END -> readChunkEnd(bytes[at], at);
                case TRAILER -> readTrailer(bytes[at], at);
                case COMPLETE -> at;
            };
        }
        return at;
    }

    private int readHead(byte[] bytes, int from, int to) {
        for (int at = from; at < to; at++) {
            if (length == raw.length) {
                raw = Arrays.copyOf(raw, 2 * length);
            }
            raw[length++] = bytes[at];
            if (bytes[at] == '\n' && length >= 4 && raw[length - 3] == '\n') {
                head = new String(raw, 0, length, ISO_8859_1);
                begin();
                return at + 1;
            }
        }
        return to;
    }

    private void begin() {
        remaining = 0;
        extension = false;
        String size = header("content-length");
        if (header("transfer-encoding").equalsIgnoreCase("chunked")) {
            state = State.CHUNK_SIZE;
        } else if (!size.isEmpty()) {
            remaining = Long.parseLong(size);
            state = remaining == 0 ? State.COMPLETE : State.SIZED;
        } else {
            state = answers ? State.UNTIL_CLOSE : State.COMPLETE;
        }
    }

    private int readSized(byte[] bytes, int from, int to) {
        int end = (int) Math.min(to, from + remaining);
        body.bytes(bytes, from, end);
        remaining -= end - from;
        if (remaining == 0) {
            state = state == State.SIZED ? State.COMPLETE : State.CHUNK_END;
        }
        return end;
    }

    private int readAll(byte[] bytes, int from, int to) {
        body.bytes(bytes, from, to);
        return to;
    }

    private int readChunkSize(byte b, int at) {
        if (b == '\n') {
            length = 0;
            extension = false;
            state = remaining == 0 ? State.TRAILER : State.CHUNK;
        } else if (b == ';') {
            extension = true;
        } else if (b != '\r' && !extension) {
            remaining = 16 * remaining + Character.digit(b, 16);
        }
        return at + 1;
    }

    private int readChunkEnd(byte b, int at) {
        if (b == '\n') {
            state = State.CHUNK_SIZE;
        }
        return at + 1;
    }

    private int readTrailer(byte b, int at) {
        if (b == '\n') {
            state = length == 0 ? State.COMPLETE : State.TRAILER;
            length = 0;
        } else if (b != '\r') {
            length++;
        }
        return at + 1;
    }
}
