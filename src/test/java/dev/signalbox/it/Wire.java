package dev.signalbox.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;

/** The server's end of a connection, on which anything can be written, in any pieces. */
final class Wire {

    private static final Duration FOR_EVER = Duration.ofSeconds(40);

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Wire(Socket socket, InputStream in) throws IOException {
        this.socket = socket;
        this.in = in;
        this.out = socket.getOutputStream();
    }

    /** The gateway has closed the connection before the answer was whole. */
    static final class HungUp extends IOException {
        private static final long serialVersionUID = 1;
    }

    /** How the bytes of a stream are put into packets. */
    enum Chunking {
        /** One event a packet. */
        EVENTS,
        /** Everything in one. */
        MERGED,
        /** One byte each. */
        BYTES,
        /** Three bytes each: cuts events, lines, and characters of more than one byte. */
        THREES,
        /** Two events in a packet, the second one of them cut in its middle. */
        ASKEW
    }

    /** A whole answer; headers in pairs. */
    void answer(int status, String body, String... headers) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        var head = new StringBuilder("HTTP/1.1 " + status + " Said\r\n");
        boolean typed = false;
        for (int i = 0; i < headers.length; i += 2) {
            head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
            typed |= headers[i].equalsIgnoreCase("content-type");
        }
        if (!typed) {
            head.append("content-type: application/json\r\n");
        }
        head.append("content-length: ").append(bytes.length).append("\r\n\r\n");
        write(head.toString().getBytes(ISO_8859_1));
        write(bytes);
    }

    /** The head of a stream. */
    Wire events(String... headers) throws IOException {
        var head = new StringBuilder("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n");
        for (int i = 0; i < headers.length; i += 2) {
            head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
        }
        write(head.append("transfer-encoding: chunked\r\n\r\n").toString().getBytes(ISO_8859_1));
        return this;
    }

    /** Some bytes of a stream, as one packet. */
    Wire send(String text) throws IOException {
        return send(text.getBytes(UTF_8));
    }

    private Wire send(byte[] bytes) throws IOException {
        byte[] size = (Integer.toHexString(bytes.length) + "\r\n").getBytes(ISO_8859_1);
        byte[] chunk = new byte[size.length + bytes.length + 2];
        System.arraycopy(size, 0, chunk, 0, size.length);
        System.arraycopy(bytes, 0, chunk, size.length, bytes.length);
        chunk[chunk.length - 2] = '\r';
        chunk[chunk.length - 1] = '\n';
        write(chunk);
        return this;
    }

    /** Events of a stream in such packets. */
    Wire send(List<String> events, Chunking chunking) throws IOException {
        byte[] all = String.join("", events).getBytes(UTF_8);
        switch (chunking) {
            case EVENTS -> {
                for (String event : events) {
                    send(event);
                }
            }
            case MERGED -> send(all);
            case BYTES -> pieces(all, 1);
            case THREES -> pieces(all, 3);
            case ASKEW -> pieces(all, Math.max(2, all.length / events.size() * 3 / 2));
        }
        return this;
    }

    private void pieces(byte[] all, int size) throws IOException {
        for (int from = 0; from < all.length; from += size) {
            byte[] piece = new byte[Math.min(size, all.length - from)];
            System.arraycopy(all, from, piece, 0, piece.length);
            send(piece);
        }
    }

    /** The end of a stream. */
    void end() throws IOException {
        write("0\r\n\r\n".getBytes(ISO_8859_1));
    }

    /** Raw bytes, for answers that are no HTTP. */
    Wire write(byte[] bytes) throws IOException {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            throw new HungUp();
        }
        return this;
    }

    /** Says nothing for that long, and notices when the gateway hangs up meanwhile. */
    Wire silent(Duration time) throws IOException {
        socket.setSoTimeout((int) time.toMillis());
        try {
            if (in.read() < 0) {
                throw new HungUp();
            }
            throw new IOException("the gateway sent more than its request");
        } catch (SocketTimeoutException e) {
            socket.setSoTimeout(0);
            return this;
        } catch (HungUp e) {
            throw e;
        } catch (IOException reset) {
            throw new HungUp();
        }
    }

    /** Says nothing until the gateway hangs up. */
    void silent() throws IOException {
        silent(FOR_EVER);
        throw new IOException("the gateway waited for ever");
    }

    /** Ends the connection in good order, though the answer is not whole. */
    void cut() throws IOException {
        socket.close();
    }

    /** Ends the connection with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    boolean isClosed() {
        return socket.isClosed();
    }
}
