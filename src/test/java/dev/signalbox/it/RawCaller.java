package dev.signalbox.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** A caller who writes bytes, and takes what comes for answers of HTTP/1. */
final class RawCaller implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;

    RawCaller(Gateway gateway) throws IOException {
        socket = new Socket("127.0.0.1", gateway.port());
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    /**
     * One answer.
     *
     * @param head the status line and headers, in lower case
     * @param body what came behind it
     */
    record Answer(int status, String head, String body) {
        boolean isJson() {
            return head.contains("\r\ncontent-type: application/json");
        }

        /** What the error says it is; empty when it is none in a form of ours. */
        String code() {
            if (!isJson() || body.isEmpty()) {
                return "";
            }
            var error = Shapes.json(body).path("error");
            return error.path("code").asText();
        }
    }

    /** Sends bytes, one for each character; false when the gateway has hung up. */
    boolean send(String text) {
        try {
            socket.getOutputStream().write(text.getBytes(ISO_8859_1));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The next answer to a request that was no HEAD; null when the connection is closed before it, or nothing comes for so long. */
    Answer answer(int millis) {
        return answer(millis, false);
    }

    Answer answer(int millis, boolean isHead) {
        try {
            socket.setSoTimeout(millis);
            String head = head();
            if (head == null) {
                return null;
            }
            int status = Integer.parseInt(head.substring(9, 12));
            if (status == 100) {
                return answer(millis, isHead);
            }
            String lower = head.toLowerCase(java.util.Locale.ROOT);
            return new Answer(status, lower, isHead ? "" : body(lower, status));
        } catch (IOException e) {
            return null;
        }
    }

    private String head() throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                return null;
            }
            head.write(b);
        }
        return head.toString(ISO_8859_1);
    }

    private String body(String head, int status) throws IOException {
        if (status == 204 || status == 304 || status == 101) {
            return "";
        }
        int length = head.indexOf("\r\ncontent-length: ");
        if (length >= 0) {
            int from = length + "\r\ncontent-length: ".length();
            int size = Integer.parseInt(
                    head.substring(from, head.indexOf('\r', from)).trim());
            return new String(in.readNBytes(size), java.nio.charset.StandardCharsets.UTF_8);
        }
        var body = new ByteArrayOutputStream();
        if (head.contains("\r\ntransfer-encoding: chunked")) {
            for (int size = size(); size > 0; size = size()) {
                body.write(in.readNBytes(size));
                in.readNBytes(2);
            }
            in.readNBytes(2);
        } else {
            body.write(in.readAllBytes());
        }
        return body.toString(java.nio.charset.StandardCharsets.UTF_8);
    }

    private int size() throws IOException {
        var line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("the answer broke off");
            }
            line.append((char) b);
        }
        return Integer.parseInt(line.toString().trim(), 16);
    }

    /** Whether the gateway hangs up within that time, whatever it says before. */
    boolean isHungUpOnWithin(int millis) {
        long end = System.nanoTime() + millis * 1_000_000L;
        byte[] bytes = new byte[8192];
        while (true) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            try {
                socket.setSoTimeout((int) left);
                if (in.read(bytes) < 0) {
                    return true;
                }
            } catch (SocketTimeoutException e) {
                return false;
            } catch (IOException e) {
                return true;
            }
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // it is closed
        }
    }
}
