import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Starts a gateway, waits for its first answer to a chat, lets it rest, and stops it again.
 *
 * @param order the chat, and how it is called
 * @param rest from the first answer until memory is read
 * @param log where the gateway's output goes
 * @param command how the gateway is started
 */
record Start(Order order, Duration rest, File log, List<String> command) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** From the words of an order, then {@code --rest 3s --log FILE --start COMMAND...}. */
    static Start of(List<String> words) {
        int command = words.indexOf("--start");
        List<String> options = words.subList(0, command);
        return new Start(
                Order.of(options),
                Pace.duration(options.get(options.indexOf("--rest") + 1)),
                new File(options.get(options.indexOf("--log") + 1)),
                words.subList(command + 1, words.size()));
    }

    Map<String, Object> run() throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log)).start();
        var stop = new Thread(() -> stop(process));
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            boolean answered = answers();
            while (!answered && process.isAlive() && System.nanoTime() - start < PATIENCE.toNanos()) {
                Thread.sleep(1);
                answered = answers();
            }
            Map<String, Object> result = new LinkedHashMap<>(order.tags());
            if (!answered) {
                result.put("broken", 1);
                return result;
            }
            var use = new ProcessUse(process.toHandle());
            result.put("first_answer_ms", (System.nanoTime() - start) / 1e6);
            result.put("start_cpu_ms", use.cpuMillis());
            Thread.sleep(rest);
            result.put("rss_mb", use.rssMb());
            result.put("pss_mb", use.pssMb());
            return result;
        } finally {
            stop(process);
            process.waitFor();
            Runtime.getRuntime().removeShutdownHook(stop);
        }
    }

    private static void stop(Process process) {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
    }

    private boolean answers() {
        var request = order.request();
        byte[] bytes = new byte[request.remaining()];
        request.get(bytes);
        try (var socket = new Socket(order.url().getHost(), order.url().getPort())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
            return new String(socket.getInputStream().readNBytes(12)).endsWith(" 200");
        } catch (IOException e) {
            return false;
        }
    }
}
