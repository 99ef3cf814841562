import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The gateway under test: a process with a configuration of its own, and what can be seen of it from outside. */
final class Subject implements AutoCloseable {

    private static final int START_SECONDS = 120;
    private static final long KB_PER_MB = 1024;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;
    private final String url;

    /**
     * What it was seen to use when it had nothing to do.
     *
     * @param ownMb resident memory of its own, without the pages of files that it maps, as it does its journal's
     * @param mappedMb those pages, which the system takes back when it needs them
     * @param files open ones
     */
    record Use(long ownMb, long mappedMb, long files) {}

    private Subject(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    /** Starts it in a directory and waits until it is ready. */
    static Subject start(List<String> command, Map<String, String> configuration, int port, Path directory)
            throws IOException, InterruptedException {
        Path config = Files.createDirectories(directory.resolve("config")).resolve("application.properties");
        var lines = new TreeMap<>(configuration);
        lines.put("quarkus.http.port", String.valueOf(port));
        lines.put("quarkus.http.host", "127.0.0.1");
        Files.write(config, lines.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList(), UTF_8);
        Path log = directory.resolve("gateway.log");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        Subject subject = new Subject(process, "http://127.0.0.1:" + port);
        for (int i = 0; i < START_SECONDS * 10 && process.isAlive(); i++) {
            if (subject.isReady()) {
                return subject;
            }
            Thread.sleep(100);
        }
        process.destroyForcibly();
        throw new IOException("the gateway did not start:\n" + Files.readString(log));
    }

    String url() {
        return url;
    }

    long pid() {
        return process.pid();
    }

    private boolean isReady() throws InterruptedException {
        try {
            var request = HttpRequest.newBuilder(URI.create(url + "/q/health/ready")).build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** The sum of a metric over its labels. */
    double metric(String name) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url + "/q/metrics")).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).body().lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /** Lets it clean up, where it can be told to, and looks at what it holds. */
    Use atRest(String jcmd) throws IOException, InterruptedException {
        if (jcmd != null) {
            for (int i = 0; i < 2; i++) {
                new ProcessBuilder(jcmd, String.valueOf(pid()), "GC.run")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
                Thread.sleep(500);
            }
        }
        try (var files = Files.list(Path.of("/proc", String.valueOf(pid()), "fd"))) {
            return new Use(statusMb("RssAnon:"), statusMb("RssFile:"), files.count());
        }
    }

    private long statusMb(String field) throws IOException {
        try (var lines = Files.lines(Path.of("/proc", String.valueOf(pid()), "status"))) {
            return lines.filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / KB_PER_MB)
                    .sum();
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
        }
    }
}
