import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An upstream that tells stories and fails at random. How it treats an attempt depends on the soak's seed, the story, its own
 * name and how many attempts there were before, and so is the same in every run.
 */
final class Vendor {

    private static final String MODELS = "{\"object\":\"list\",\"data\":[{\"id\":\"up\",\"object\":\"model\"}]}";

    private final Nature nature;
    private final int port;
    private final Legs legs;
    private final Tally tally;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private volatile ServerSocket door;

    /**
     * What it is like.
     *
     * @param failing the probability that an attempt fails
     * @param spoiling the probability that an answer has a character too few or too many, which a caller must notice
     * @param delayMs before the first token
     * @param seed of all its randomness
     */
    record Nature(String name, Language language, double failing, double spoiling, long delayMs, long seed) {}

    Vendor(Nature nature, int port, Legs legs, Tally tally) {
        this.nature = nature;
        this.port = port;
        this.legs = legs;
        this.tally = tally;
    }

    String name() {
        return nature.name();
    }

    /** Where it is, without a path. */
    String root() {
        return "http://127.0.0.1:" + port;
    }

    /** Lets callers in. */
    void open() throws IOException {
        var server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
        door = server;
        Thread.ofVirtual().start(() -> accept(server));
    }

    /** Is down: connections are refused, and those that are open break. */
    void close() throws IOException {
        door.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }

    private void accept(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                connections.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var wire = new Wire(socket, new BufferedInputStream(socket.getInputStream()));
            for (String request = wire.read(); request != null && !wire.isClosed(); request = wire.read()) {
                answer(wire, request);
            }
        } catch (IOException gone) {
            tally.count("connections that ended early");
        } catch (RuntimeException broken) {
            tally.violation(name() + " could not read what it was asked: " + broken);
        } finally {
            connections.remove(socket);
        }
    }

    private void answer(Wire wire, String body) throws IOException {
        if (body.isEmpty()) {
            wire.answer(200, MODELS);
            return;
        }
        Asked asked = Asked.of(body);
        int before = asked == null ? -1 : legs.count(asked.story().seed());
        if (before < 0) {
            // who loses a race may be asked when the caller already has the answer
            wire.answer(400, nature.language().error("nobody waits for that story"));
            return;
        }
        long story = asked.story().seed();
        var random = new SplittableRandom(nature.seed() ^ story * 31 ^ name().hashCode() ^ (long) before << 40);
        Fault fault = Fault.draw(random, nature.failing());
        tally.count("attempts at " + name());
        if (fault != Fault.NONE) {
            tally.count("fault " + fault);
        }
        var leg = new Legs.Leg(name(), fault, asked.promptTokens(), !asked.said().isEmpty());
        legs.add(story, leg);
        new Answering(wire, nature.language(), asked, leg, random, tally).play(nature.delayMs(), nature.spoiling());
    }
}
