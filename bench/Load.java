import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Asks a gateway for chats and says in one line of JSON what came of it. One thread sends and reads.
 *
 * <p>In a closed loop every connection sends its next request when the last answer ends; they open at random moments of
 * the first half of the settling time, so that paced streams do not fall in step. In an open loop requests are due at a
 * fixed rate, and latency counts from the moment a request was due, so that a gateway which stalls cannot hide the
 * requests that had to wait.
 *
 * <p>Usage: {@code java Load.java} with the words of an {@link Order} or a {@link Start}; without any, it reads one
 * such line after another from its input, words separated by tabs, and so stays warm between runs.
 */
public final class Load {
    private static final int SHORTEST_ANSWER = 1000;
    private static final long REOPEN_NANOS = 20_000_000;

    private final Order order;
    private final ByteBuffer request;
    private final Selector selector = Selector.open();
    private final ByteBuffer in = ByteBuffer.allocate(1 << 16);
    private final Queue<Long> openings = new PriorityQueue<>();
    private final Deque<Connection> idle = new ArrayDeque<>();
    private final Deque<Long> waiting = new ArrayDeque<>();
    private final Samples latencies = new Samples();
    private final Samples firstTokens = new Samples();
    private final long start = System.nanoTime();
    private final long measureFrom;
    private final long measureTo;
    private long sent;
    private int connections;
    private int inFlight;
    private long answers;
    private long chunks;
    private long broken;
    private long refused;
    private long incomplete;

    private Load(Order order) throws IOException {
        this.order = order;
        request = order.request();
        measureFrom = start + order.settle().toNanos();
        measureTo = measureFrom + order.measure().toNanos();
    }

    public static void main(String[] args) throws Exception {
        if (args.length > 0) {
            System.out.println(run(List.of(args)));
            return;
        }
        var input = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = input.readLine()) != null; ) {
            System.out.println(run(List.of(line.split("\t"))));
        }
    }

    private static String run(List<String> words) throws Exception {
        return json(words.contains("--start") ? Start.of(words).run() : new Load(Order.of(words)).run());
    }

    private Map<String, Object> run() throws IOException {
        if (order.open()) {
            Thread.ofPlatform().daemon().start(this::wakeWhenDue);
        } else {
            new Random(1).longs(order.connections(), 0, order.settle().toNanos() / 2 + 1)
                    .forEach(wait -> openings.add(start + wait));
        }
        var measured = new Measured();
        long giveUp = measureTo + order.drain().toNanos();
        for (long now = start; now < measureTo || inFlight > 0 && now < giveUp; now = System.nanoTime()) {
            measured.at(now);
            openDue(now);
            selector.select(this::ready, 1);
        }
        measured.at(Math.max(measureTo, System.nanoTime()));
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
        return measured.result();
    }

    private void wakeWhenDue() {
        for (long number = 1, due; (due = due(number)) < measureTo; number++) {
            for (long wait; (wait = due - System.nanoTime()) > 0; ) {
                LockSupport.parkNanos(wait);
            }
            selector.wakeup();
        }
    }

    private long due(long number) {
        return start + (long) (number * 1e9 / order.rate());
    }

    private void openDue(long now) throws IOException {
        if (now >= measureTo) {
            return;
        }
        while (!openings.isEmpty() && openings.peek() <= now) {
            openings.remove();
            connect();
        }
        while (order.open() && due(sent) <= now) {
            send(due(sent++));
        }
    }

    /** Sends a request that was due at a time, over any connection that is free. */
    private void send(long due) throws IOException {
        inFlight++;
        if (!idle.isEmpty()) {
            idle.pop().send(due);
        } else {
            waiting.add(due);
            if (connections < order.connections()) {
                connect();
            }
        }
    }

    private void connect() throws IOException {
        connections++;
        new Connection(SocketChannel.open()).open();
    }

    private void ready(SelectionKey key) {
        ((Connection) key.attachment()).ready();
    }

    private boolean measuring(long time) {
        return time >= measureFrom && time < measureTo;
    }

    private static String json(Map<String, Object> result) {
        return result.entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\":" + switch (entry.getValue()) {
                    case Double number when number.isNaN() || number.isInfinite() -> "null";
                    case Double number -> String.format(Locale.ROOT, "%.4f", number);
                    case Number number -> number.toString();
                    case Object text -> "\"" + text + "\"";
                })
                .collect(Collectors.joining(",", "{", "}"));
    }

    /** The counters at both ends of the time that counts. */
    private final class Measured {
        private record Stand(long time, long answers, long chunks, double cpuMillis) {}

        private final List<Stand> ends = new ArrayList<>(2);
        private final ProcessUse use = ProcessHandle.of(order.process()).map(ProcessUse::new).orElse(null);
        private double rssMb = Double.NaN;
        private double pssMb = Double.NaN;
        private int streams;

        void at(long now) {
            if (ends.isEmpty() && now >= measureFrom) {
                note();
            } else if (ends.size() == 1 && now >= measureTo) {
                note();
                streams = inFlight;
                if (use != null) {
                    rssMb = use.rssMb();
                    pssMb = use.pssMb();
                }
            }
        }

        private void note() {
            ends.add(new Stand(System.nanoTime(), answers, chunks, use == null ? Double.NaN : use.cpuMillis()));
        }

        Map<String, Object> result() {
            Stand from = ends.getFirst();
            Stand to = ends.getLast();
            double seconds = (to.time() - from.time()) / 1e9;
            double cpuMillis = to.cpuMillis() - from.cpuMillis();
            long answered = to.answers() - from.answers();
            long streamed = to.chunks() - from.chunks();
            Map<String, Object> result = new LinkedHashMap<>(order.tags());
            result.put("seconds", seconds);
            result.put("answers", answered);
            result.put("rps", answered / seconds);
            result.put("chunks", streamed);
            result.put("in_flight", streams);
            result.put("cpu_ms", cpuMillis);
            result.put("cpu_ms_per_request", cpuMillis / answered);
            result.put("cpu_us_per_chunk", 1000 * cpuMillis / streamed);
            result.put("p50_ms", latencies.percentile(0.5));
            result.put("p90_ms", latencies.percentile(0.9));
            result.put("p99_ms", latencies.percentile(0.99));
            result.put("max_ms", latencies.percentile(1));
            result.put("ttft_p50_ms", firstTokens.percentile(0.5));
            result.put("ttft_p99_ms", firstTokens.percentile(0.99));
            result.put("rss_mb", rssMb);
            result.put("pss_mb", pssMb);
            result.put("total", answers);
            result.put("broken", broken);
            result.put("non_200", refused);
            result.put("incomplete", incomplete);
            result.put("unfinished", inFlight);
            return result;
        }
    }

    /** One connection to the gateway, with at most one request at a time. */
    private final class Connection {
        private final HttpReader reader = HttpReader.ofAnswers(this::body);
        private final Events events = new Events();
        private final SocketChannel channel;
        private final SelectionKey key;
        private ByteBuffer unsent = ByteBuffer.allocate(0);
        private boolean busy;
        private long due;
        private long received;

        Connection(SocketChannel channel) throws IOException {
            this.channel = channel;
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true).configureBlocking(false);
            key = channel.register(selector, SelectionKey.OP_CONNECT, this);
        }

        void open() {
            try {
                if (channel.connect(new InetSocketAddress(order.url().getHost(), order.url().getPort()))) {
                    connected();
                }
            } catch (IOException e) {
                fail();
            }
        }

        void ready() {
            try {
                if (key.isConnectable()) {
                    channel.finishConnect();
                    connected();
                } else {
                    if (key.isWritable()) {
                        flush();
                    }
                    if (key.isReadable()) {
                        receive();
                    }
                }
            } catch (IOException e) {
                fail();
            }
        }

        private void connected() {
            key.interestOps(SelectionKey.OP_READ);
            proceed();
        }

        /** What a connection does when it has nothing to do. */
        private void proceed() {
            if (order.open()) {
                if (waiting.isEmpty()) {
                    idle.push(this);
                } else {
                    send(waiting.remove());
                }
            } else if (System.nanoTime() < measureTo) {
                inFlight++;
                send(System.nanoTime());
            }
        }

        void send(long due) {
            this.due = due;
            busy = true;
            received = 0;
            reader.next();
            events.next();
            unsent = request.duplicate();
            try {
                flush();
            } catch (IOException e) {
                fail();
            }
        }

        private void flush() throws IOException {
            channel.write(unsent);
            key.interestOps(SelectionKey.OP_READ | (unsent.hasRemaining() ? SelectionKey.OP_WRITE : 0));
        }

        private void receive() throws IOException {
            int size = channel.read(in.clear());
            if (size < 0) {
                closed();
                return;
            }
            if (!busy) {
                throw new IOException("an answer that nobody asked for");
            }
            reader.read(in.array(), 0, size);
            if (reader.complete()) {
                answered();
                if (reader.header("connection").equalsIgnoreCase("close")) {
                    leave();
                } else {
                    proceed();
                }
            }
        }

        private void closed() throws IOException {
            if (!busy) {
                idle.remove(this);
                leave();
            } else if (reader.completeWhenClosed()) {
                answered();
                leave();
            } else {
                fail();
            }
        }

        private void body(byte[] bytes, int from, int to) {
            received += to - from;
            if (!order.stream()) {
                return;
            }
            int before = events.chunks();
            events.read(bytes, from, to);
            chunks += events.chunks() - before;
            if (before == 0 && events.chunks() > 0 && measuring(due)) {
                firstTokens.add(System.nanoTime() - due);
            }
        }

        private void answered() {
            busy = false;
            inFlight--;
            answers++;
            if (reader.status() != 200) {
                refused++;
            } else if (!whole()) {
                incomplete++;
            } else if (measuring(due)) {
                latencies.add(System.nanoTime() - due);
            }
        }

        private boolean whole() {
            return order.stream()
                    ? events.ended() && (order.chunks() == 0 || events.chunks() == order.chunks())
                    : received >= SHORTEST_ANSWER;
        }

        /** Ends the connection after a failure; a request on its way is lost. */
        void fail() {
            broken++;
            if (busy) {
                busy = false;
                inFlight--;
            }
            leave();
        }

        private void leave() {
            connections--;
            try {
                channel.close();
            } catch (IOException e) {
                broken++;
            }
            if (!order.open() || !waiting.isEmpty()) {
                openings.add(System.nanoTime() + REOPEN_NANOS);
            }
        }
    }
}
