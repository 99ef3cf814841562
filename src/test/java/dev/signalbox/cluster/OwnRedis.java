package dev.signalbox.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import redis.embedded.core.ExecutableProvider;

/** A real Redis for a test, on a port of its own, that can be stopped, started empty, and frozen. */
public final class OwnRedis implements AutoCloseable {

    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final File PROGRAM = program();

    private final int port;
    private Process process;

    private OwnRedis(int port) {
        this.port = port;
    }

    /** It runs, and is empty. */
    public static OwnRedis started() {
        OwnRedis redis;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            redis = new OwnRedis(free.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        redis.start();
        return redis;
    }

    private static File program() {
        try {
            return ExecutableProvider.newJarResourceProvider().get();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For {@code signalbox.cluster.redis}. */
    public String address() {
        return "redis://127.0.0.1:" + port;
    }

    /** Where it listens, on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** Starts it again, empty. */
    public void start() {
        try {
            process = new ProcessBuilder(
                            PROGRAM.getPath(),
                            "--port",
                            Integer.toString(port),
                            "--bind",
                            "127.0.0.1",
                            "--save",
                            "",
                            "--appendonly",
                            "no")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        long end = System.nanoTime() + START_NANOS;
        while (!answers()) {
            if (System.nanoTime() > end || !process.isAlive()) {
                throw new AssertionError("Redis did not start");
            }
            Thread.onSpinWait();
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write("PING\r\n".getBytes(US_ASCII));
            return socket.getInputStream().read() == '+';
        } catch (IOException e) {
            return false;
        }
    }

    /** It ends at once, and forgets everything. */
    public void stop() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** It keeps its connections and answers nothing. */
    public void freeze() {
        signal("-STOP");
    }

    /** It goes on where it was. */
    public void thaw() {
        signal("-CONT");
    }

    private void signal(String which) {
        try {
            new ProcessBuilder("kill", which, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
