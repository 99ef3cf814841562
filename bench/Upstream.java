import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * A vendor that speaks OpenAI's chat completions and does nothing else: the same answer every time, at a set pace, from
 * one thread. Usage: {@code java Upstream.java PORT [CHUNKS PAUSE [LATENCY]]}.
 *
 * <p>{@code POST /pace/100/20ms[/LATENCY]} sets the pace from then on; a request's own goes in front of its path, as in
 * {@code /s/100/20ms/v1/chat/completions}. The latency holds for plain answers too.
 */
public final class Upstream {

    private record Tick(long at, Runnable action) {}

    private final Queue<Tick> ticks = new PriorityQueue<>(Comparator.comparingLong(Tick::at));
    private final ByteBuffer in = ByteBuffer.allocate(1 << 16);
    private final Selector selector = Selector.open();
    private final ServerSocketChannel door = ServerSocketChannel.open();
    private Pace pace;

    private Upstream(int port, Pace pace) throws IOException {
        this.pace = pace;
        door.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 4096);
        door.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
    }

    public static void main(String[] args) throws IOException {
        List<String> options = Arrays.asList(args);
        Pace pace = Pace.of(options.size() > 1 ? options.subList(1, options.size()) : List.of("100", "20ms"));
        new Upstream(Integer.parseInt(options.getFirst()), pace).serve();
    }

    private void serve() throws IOException {
        while (true) {
            if (ticks.isEmpty()) {
                selector.select(this::ready);
            } else {
                long wait = ticks.peek().at() - System.nanoTime();
                selector.select(this::ready, Math.max(1, wait / 1_000_000));
            }
            for (long now = System.nanoTime(); !ticks.isEmpty() && ticks.peek().at() <= now; ) {
                ticks.remove().action().run();
            }
        }
    }

    private void ready(SelectionKey key) {
        if (key.isAcceptable()) {
            accept();
        } else {
            ((Connection) key.attachment()).ready();
        }
    }

    private void accept() {
        try {
            for (SocketChannel channel; (channel = door.accept()) != null; ) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true).configureBlocking(false);
                var connection = new Connection(channel);
                connection.key = channel.register(selector, SelectionKey.OP_READ, connection);
            }
        } catch (IOException e) {
            System.err.println("upstream: " + e);
        }
    }

    private void at(long time, Runnable action) {
        ticks.add(new Tick(time, action));
    }

    /** One caller: its request as far as it has arrived, and what could not be written yet. */
    private final class Connection {
        private final SocketChannel channel;
        private final ByteArrayOutputStream body = new ByteArrayOutputStream(2048);
        private final HttpReader reader =
                HttpReader.ofRequests((bytes, from, to) -> body.write(bytes, from, to - from));
        private final Queue<ByteBuffer> unsent = new ArrayDeque<>(1);
        private SelectionKey key;

        Connection(SocketChannel channel) {
            this.channel = channel;
        }

        void ready() {
            try {
                if (key.isWritable()) {
                    flush();
                }
                if (key.isReadable()) {
                    receive();
                }
            } catch (IOException e) {
                close();
            }
        }

        private void receive() throws IOException {
            int size = channel.read(in.clear());
            if (size < 0) {
                close();
            }
            for (int at = 0; at < size; ) {
                at = reader.read(in.array(), at, size);
                if (reader.complete()) {
                    answer(Arrays.asList(reader.path().substring(1).split("/")), body.toString(UTF_8));
                    reader.next();
                    body.reset();
                }
            }
        }

        private void answer(List<String> path, String request) {
            if (path.getFirst().equals("pace")) {
                pace = Pace.of(path.subList(1, path.size()));
                send(Answers.DONE);
            } else if (path.getFirst().equals("s")) {
                answer(path, request, Pace.of(path.subList(1, path.indexOf("v1"))));
            } else {
                answer(path, request, pace);
            }
        }

        private void answer(List<String> path, String request, Pace pace) {
            if (path.getLast().equals("models")) {
                send(Answers.MODELS);
            } else if (!path.getLast().equals("completions")) {
                send(Answers.NOT_FOUND);
            } else if (pace.latency().isZero()) {
                begin(request, pace, System.nanoTime());
            } else {
                long start = System.nanoTime() + pace.latency().toNanos();
                at(start, () -> begin(request, pace, start));
            }
        }

        private void begin(String request, Pace pace, long now) {
            if (!request.contains("\"stream\":true") && !request.contains("\"stream\": true")) {
                send(Answers.PLAIN);
            } else if (pace.pause().isZero()) {
                send(Answers.burst(pace.chunks()));
            } else {
                send(Answers.OPENING);
                at(now + pace.pause().toNanos(), () -> proceed(1, pace, now + pace.pause().toNanos()));
            }
        }

        private void proceed(int chunk, Pace pace, long now) {
            if (!channel.isOpen()) {
                return;
            }
            if (chunk == pace.chunks()) {
                send(Answers.CLOSING);
            } else {
                send(Answers.chunk(chunk));
                long next = now + pace.pause().toNanos();
                at(next, () -> proceed(chunk + 1, pace, next));
            }
        }

        private void send(ByteBuffer answer) {
            unsent.add(answer.duplicate());
            try {
                flush();
            } catch (IOException e) {
                close();
            }
        }

        private void flush() throws IOException {
            while (!unsent.isEmpty()) {
                channel.write(unsent.peek());
                if (unsent.peek().hasRemaining()) {
                    key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                    return;
                }
                unsent.remove();
            }
            key.interestOps(SelectionKey.OP_READ);
        }

        private void close() {
            try {
                channel.close();
            } catch (IOException e) {
                System.err.println("upstream: " + e);
            }
        }
    }

    /** The bytes of every answer, made once. */
    private static final class Answers {
        private static final String TEXT = """
                A gateway stands between the programs that ask and the models that answer. It gives all of them one \
                address and one way to ask, whichever vendor serves the request in the end. When a vendor is slow, \
                limited or away, the gateway tries another one, and the caller sees an answer instead of an error. \
                It knows what each answer costs, keeps a record of it, and stops before a budget is spent twice. \
                None of this should be felt by the one who waits: the time that a gateway adds must stay small \
                beside the time that a model needs for its first word, and the memory that it takes must not grow \
                with the length of what passes through it. So we count the work that it does for every request and \
                for every piece of a stream, in processor time, since that is a figure which repeats even on a \
                machine that is busy with something else, and compare it with a proxy that only passes bytes.""";
        private static final String[] WORDS = TEXT.split("(?= )");
        private static final String USAGE = """
                {"prompt_tokens":356,"completion_tokens":182,"total_tokens":538,\
                "prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}""";

        static final ByteBuffer PLAIN = json("200 OK", """
                {"id":"chatcmpl-bench0123456789abcdef","object":"chat.completion","created":1767225600,\
                "model":"bench-model","choices":[{"index":0,"message":{"role":"assistant","content":"%s"},\
                "finish_reason":"stop"}],"usage":%s}""".formatted(TEXT, USAGE));
        static final ByteBuffer MODELS = json("200 OK", """
                {"object":"list","data":[{"id":"bench-model","object":"model","created":1767225600,\
                "owned_by":"bench"}]}""");
        static final ByteBuffer NOT_FOUND = json("404 Not Found", """
                {"error":{"message":"not found","type":"invalid_request_error","code":"not_found"}}""");
        static final ByteBuffer DONE = json("200 OK", "{}");

        private static final ByteBuffer[] CHUNKS = Arrays.stream(WORDS)
                .map(word -> direct(framed(event("{\"content\":\"" + word + "\"}", "null", ""))))
                .toArray(ByteBuffer[]::new);
        private static final String HEAD = """
                HTTP/1.1 200 OK\r
                Content-Type: text/event-stream\r
                Cache-Control: no-cache\r
                Transfer-Encoding: chunked\r
                \r
                """;
        private static final String ROLE = framed(event("{\"role\":\"assistant\",\"content\":\"\"}", "null", ""));
        private static final String END = framed(event("{}", "\"stop\"", ""))
                + framed(event(null, null, ",\"usage\":" + USAGE)) + framed("data: [DONE]\n\n") + "0\r\n\r\n";

        static final ByteBuffer OPENING = join(List.of(direct(HEAD + ROLE), CHUNKS[0]));
        static final ByteBuffer CLOSING = direct(END);
        private static final Map<Integer, ByteBuffer> BURSTS = new HashMap<>();

        static ByteBuffer chunk(int number) {
            return CHUNKS[number % CHUNKS.length];
        }

        /** A whole stream in one piece. */
        static ByteBuffer burst(int chunks) {
            return BURSTS.computeIfAbsent(chunks, n -> {
                var parts = new ByteBuffer[n + 1];
                Arrays.setAll(parts, i -> i == 0 ? OPENING : i == n ? CLOSING : chunk(i));
                return join(Arrays.asList(parts));
            });
        }

        private static String event(String delta, String finish, String more) {
            String choices = delta == null
                    ? ""
                    : "{\"index\":0,\"delta\":" + delta + ",\"logprobs\":null,\"finish_reason\":" + finish + "}";
            return """
                    data: {"id":"chatcmpl-bench0123456789abcdef","object":"chat.completion.chunk","created":1767225600,\
                    "model":"bench-model","choices":[%s]%s}

                    """.formatted(choices, more);
        }

        private static String framed(String event) {
            return Integer.toHexString(event.length()) + "\r\n" + event + "\r\n";
        }

        private static ByteBuffer json(String status, String body) {
            return direct("HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Length: "
                    + body.length() + "\r\n\r\n" + body);
        }

        private static ByteBuffer join(List<ByteBuffer> parts) {
            var whole = ByteBuffer.allocateDirect(parts.stream().mapToInt(ByteBuffer::remaining).sum());
            parts.forEach(part -> whole.put(part.duplicate()));
            return whole.flip();
        }

        private static ByteBuffer direct(String text) {
            byte[] bytes = text.getBytes(UTF_8);
            return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        }
    }
}
