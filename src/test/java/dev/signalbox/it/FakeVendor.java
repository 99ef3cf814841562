package dev.signalbox.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP server of our own that answers as it is told to, down to the packet, and remembers what it was asked. */
final class FakeVendor implements AutoCloseable {

    private final ServerSocket server;
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final Queue<Answer> script = new ConcurrentLinkedQueue<>();
    private final AtomicInteger hangUps = new AtomicInteger();
    private final AtomicInteger opened = new AtomicInteger();
    private volatile Answer last = OpenAiAnswers.hello();

    /** What it does with a request. */
    @FunctionalInterface
    interface Answer {
        void play(Received request, Wire wire) throws IOException;
    }

    /** One request as it came over the wire. */
    record Received(String method, String path, Map<String, String> headers, String body, long nanos) {
        JsonNode json() {
            return Shapes.json(body);
        }

        String header(String name) {
            return headers.get(name);
        }

        boolean isStream() {
            return json().path("stream").asBoolean(false);
        }
    }

    FakeVendor() {
        try {
            server = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** Its address without a path. */
    String root() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** Its address as an OpenAI client takes it. */
    String url() {
        return root() + "/v1";
    }

    /** What it answers, in this order; the last one from then on. */
    FakeVendor answers(Answer... inOrder) {
        script.clear();
        script.addAll(List.of(inOrder));
        last = inOrder[inOrder.length - 1];
        return this;
    }

    /** Everything it was asked. */
    List<Received> received() {
        return received;
    }

    /** The one thing it was asked. */
    Received only() {
        if (received.size() != 1) {
            throw new AssertionError("asked " + received.size() + " times, not once");
        }
        return received.getFirst();
    }

    /** How often the gateway closed a connection while an answer was under way. */
    int hangUps() {
        return hangUps.get();
    }

    /** How many connections it has seen. */
    int connectionsOpened() {
        return opened.get();
    }

    /** Waits until the gateway has closed the connection of an answer that is under way. */
    void awaitHangUp(Duration most) {
        Await.until("the gateway closes its connection to the vendor", most, () -> hangUps.get() > 0);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                opened.incrementAndGet();
                connections.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (Received request = read(in); request != null; request = read(in)) {
                received.add(request);
                Answer next = script.poll();
                var wire = new Wire(socket, in);
                (next == null ? last : next).play(request, wire);
                if (wire.isClosed()) {
                    return;
                }
            }
        } catch (Wire.HungUp e) {
            hangUps.incrementAndGet();
        } catch (IOException e) {
            connections.remove(socket);
        }
    }

    private static Received read(InputStream in) throws IOException {
        String start = line(in);
        if (start == null) {
            return null;
        }
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.merge(line.substring(0, colon), line.substring(colon + 1).trim(), (a, b) -> a + "," + b);
        }
        byte[] body;
        if (headers.containsKey("content-length")) {
            body = in.readNBytes(Integer.parseInt(headers.get("content-length")));
        } else if (headers.getOrDefault("transfer-encoding", "").contains("chunked")) {
            body = chunks(in);
        } else {
            body = new byte[0];
        }
        String[] words = start.split(" ");
        return new Received(words[0], words[1], headers, new String(body, UTF_8), System.nanoTime());
    }

    private static byte[] chunks(InputStream in) throws IOException {
        var body = new ByteArrayOutputStream();
        for (int size = size(in); size > 0; size = size(in)) {
            body.write(in.readNBytes(size));
            line(in);
        }
        line(in);
        return body.toByteArray();
    }

    private static int size(InputStream in) throws IOException {
        return Integer.parseInt(line(in).split(";")[0].trim(), 16);
    }

    private static String line(InputStream in) throws IOException {
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

    /** Closes it: connections to it are refused from then on. */
    @Override
    public void close() {
        try {
            server.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
