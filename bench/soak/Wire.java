import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.HashMap;
import java.util.Map;

/** A vendor's end of a connection: requests are read whole, answers written in any pieces. */
final class Wire {

    private static final int LONGEST_SILENCE_MS = 30_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Wire(Socket socket, InputStream in) throws IOException {
        this.socket = socket;
        this.in = in;
        this.out = socket.getOutputStream();
    }

    boolean isClosed() {
        return socket.isClosed();
    }

    /** The body of the next request; empty for one without, null when there is none. */
    String read() throws IOException {
        Map<String, String> headers = new HashMap<>();
        String start = line();
        if (start == null) {
            return null;
        }
        for (String line = line(); line != null && !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon).toLowerCase(), line.substring(colon + 1).trim());
        }
        if (headers.containsKey("content-length")) {
            return new String(in.readNBytes(Integer.parseInt(headers.get("content-length"))), UTF_8);
        }
        var body = new ByteArrayOutputStream();
        if (headers.getOrDefault("transfer-encoding", "").contains("chunked")) {
            for (int size = size(); size > 0; size = size()) {
                body.write(in.readNBytes(size));
                line();
            }
            line();
        }
        return body.toString(UTF_8);
    }

    private int size() throws IOException {
        return Integer.parseInt(line().trim(), 16);
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                return line.toString(ISO_8859_1);
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return null;
    }

    /** A whole answer. */
    void answer(int status, String body, String... headers) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        promise(status, bytes.length, headers);
        write(bytes, 0, bytes.length);
    }

    /** The head of an answer of so many bytes. */
    void promise(int status, int length, String... headers) throws IOException {
        String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        out.write("HTTP/1.1 %d Said\r\ncontent-type: application/json\r\n%scontent-length: %d\r\n\r\n"
                .formatted(status, more, length)
                .getBytes(ISO_8859_1));
    }

    /** Some of what was promised. */
    void write(byte[] bytes, int from, int to) throws IOException {
        out.write(bytes, from, to - from);
        out.flush();
    }

    /** The head of a stream. */
    void events() throws IOException {
        out.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                .getBytes(ISO_8859_1));
        out.flush();
    }

    /** Some of a stream, in one packet. */
    void send(byte[] bytes, int from, int to) throws IOException {
        if (to > from) {
            var packet = new ByteArrayOutputStream(to - from + 16);
            packet.write((Integer.toHexString(to - from) + "\r\n").getBytes(ISO_8859_1));
            packet.write(bytes, from, to - from);
            packet.write('\r');
            packet.write('\n');
            out.write(packet.toByteArray());
            out.flush();
        }
    }

    void send(String event) throws IOException {
        byte[] bytes = event.getBytes(UTF_8);
        send(bytes, 0, bytes.length);
    }

    /** The end of a stream. */
    void end() throws IOException {
        out.write("0\r\n\r\n".getBytes(ISO_8859_1));
        out.flush();
    }

    /** Ends the connection in good order. */
    void cut() throws IOException {
        socket.close();
    }

    /** Ends the connection with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Says nothing until the other side closes; what is wrong with how it did, or null. */
    String silent() throws IOException {
        socket.setSoTimeout(LONGEST_SILENCE_MS);
        try {
            return in.read() < 0 ? null : "somebody spoke while they were answered";
        } catch (SocketTimeoutException patience) {
            return "somebody waited " + LONGEST_SILENCE_MS + " ms for an answer";
        } finally {
            socket.close();
        }
    }
}
