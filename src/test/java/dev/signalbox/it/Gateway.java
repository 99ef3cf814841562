package dev.signalbox.it;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.restassured.RestAssured;
import io.restassured.config.EncoderConfig;
import io.restassured.config.RestAssuredConfig;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The packaged gateway as a process with a configuration and a directory of its own. As a registered extension it runs as
 * long as the class that has it; otherwise whoever starts it closes it.
 */
final class Gateway implements BeforeAllCallback, AfterAllCallback, AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration ROW = Duration.ofSeconds(5);
    private static final Set<String> ENVIRONMENT = Set.of("PATH", "HOME", "LANG", "TMPDIR");
    private static final RestAssuredConfig PLAIN = RestAssured.config()
            .encoderConfig(EncoderConfig.encoderConfig()
                    .defaultContentCharset(UTF_8)
                    .encodeContentTypeAs("multipart/form-data", ContentType.TEXT)
                    .encodeContentTypeAs("nonsense", ContentType.TEXT)
                    .appendDefaultContentCharsetToContentTypeIfUndefined(false));

    private final Map<String, String> configuration = new TreeMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private final List<Lanes> lanes = new ArrayList<>();
    private final StringBuffer log = new StringBuffer();
    private final Path directory;
    private int port;
    private String heap = "512m";
    private Process process;
    private Thread reader;

    private Gateway() {
        try {
            directory = Files.createTempDirectory("signalbox-it-").toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        and("signalbox.store.kind", "none");
        and("signalbox.ledger.journal", directory.resolve("journal").toString());
        and("signalbox.drain-delay", "0s");
    }

    /** A gateway without providers: it has the simulator. */
    static Gateway bare() {
        return new Gateway();
    }

    /** A gateway with models that fakes answer for. */
    static Gateway with(Lanes lanes) {
        Gateway gateway = new Gateway();
        gateway.lanes.add(lanes);
        gateway.configuration.putAll(lanes.configuration());
        return gateway;
    }

    /** The same with one more key. */
    Gateway and(String key, String value) {
        configuration.put(key, value);
        return this;
    }

    /** The same with at most so much memory for objects, such as {@code 128m}. */
    Gateway heap(String most) {
        heap = most;
        return this;
    }

    /** The same without a key. */
    Gateway without(String key) {
        configuration.remove(key);
        return this;
    }

    /** The same with a variable in its environment. */
    Gateway environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        start();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close();
    }

    /** Starts it, and waits until it is ready. */
    Gateway start() {
        launch();
        long end = System.nanoTime() + START.toNanos();
        while (!isReady()) {
            if (!process.isAlive()) {
                throw new AssertionError("the gateway did not start:\n" + log);
            }
            if (System.nanoTime() > end) {
                process.destroyForcibly();
                throw new AssertionError("the gateway did not become ready:\n" + log);
            }
            pause(Duration.ofMillis(30));
        }
        return this;
    }

    private void launch() {
        try {
            if (port == 0) {
                port = freePort();
            }
            Path config = Files.createDirectories(directory.resolve("config")).resolve("application.properties");
            var properties = new Properties();
            properties.putAll(configuration);
            properties.setProperty("quarkus.http.port", String.valueOf(port));
            try (var writer = Files.newBufferedWriter(config, UTF_8)) {
                properties.store(writer, null);
            }
            var builder =
                    new ProcessBuilder(command()).directory(directory.toFile()).redirectErrorStream(true);
            builder.environment().keySet().retainAll(ENVIRONMENT);
            builder.environment().putAll(environment);
            process = builder.start();
            Process started = process;
            reader = Thread.ofVirtual().start(() -> read(started));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> command() {
        String executable = System.getProperty("signalbox.executable", "");
        if (!executable.isEmpty()) {
            return List.of(executable, "-Xmx" + heap);
        }
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx" + heap,
                "-Dio.netty.leakDetection.level=simple",
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                System.getProperty("signalbox.jar", "target/quarkus-app/quarkus-run.jar"));
    }

    private void read(Process from) {
        try (var lines = new BufferedReader(new InputStreamReader(from.getInputStream(), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                log.append(line).append('\n');
            }
        } catch (IOException e) {
            log.append("(log ended: ").append(e.getMessage()).append(")\n");
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean isReady() {
        try {
            return given().config(PLAIN).get(url() + "/q/health/ready").statusCode() == 200;
        } catch (Exception notYet) {
            return false;
        }
    }

    /** Starts it and expects that it refuses to, with a message that holds all of these. */
    String expectStartFailure(String... words) {
        launch();
        Await.until("the gateway ends", START, () -> {
            if (isReady()) {
                throw new AssertionError("the gateway started:\n" + log);
            }
            return !process.isAlive();
        });
        try {
            reader.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertThat(process.exitValue()).isNotZero();
        assertThat(log.toString()).contains(words);
        return log.toString();
    }

    /** Sends SIGTERM and returns at once. */
    void terminate() {
        process.destroy();
    }

    /** Whether it has ended within that time. */
    boolean endsWithin(Duration time) throws InterruptedException {
        return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Kills it without warning. */
    void kill() {
        try {
            process.destroyForcibly().waitFor();
            reader.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
        lanes.forEach(Lanes::close);
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException gone) {
            log.append("(not cleaned up)");
        }
    }

    /** What it has printed so far. */
    String log() {
        return log.toString();
    }

    /** The directory that it was started in. */
    Path directory() {
        return directory;
    }

    int port() {
        return port;
    }

    /** Where it is, without a slash at the end. */
    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** A plain request, to be completed. */
    RequestSpecification request() {
        return given().config(PLAIN).urlEncodingEnabled(false).baseUri(url());
    }

    /** Asks with a body; headers in pairs. */
    Response chat(String body, String... headers) {
        return post("/v1/chat/completions", body, headers);
    }

    /** Asks something else with a body; headers in pairs. */
    Response post(String path, String body, String... headers) {
        RequestSpecification request = request().header("content-type", "application/json");
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request.body(body).post(path);
    }

    /** Asks a model something short. */
    Response ask(String model, String... headers) {
        return chat(Shapes.question(model), headers);
    }

    /** The ledger's row of a request, which must come to be there. */
    JsonNode row(String id) {
        return row(id, null);
    }

    JsonNode row(String id, String adminKey) {
        Response[] last = new Response[1];
        Await.until("a row for " + id, ROW, () -> {
            RequestSpecification request = request();
            if (adminKey != null) {
                request.header("authorization", "Bearer " + adminKey);
            }
            last[0] = request.get("/admin/v1/requests/" + id);
            return last[0].statusCode() == 200;
        });
        return Shapes.json(last[0].asString());
    }

    /** The metrics as they are now. */
    String metrics() {
        return request().get("/q/metrics").asString();
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
