import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Vendors that fail at random, a gateway in front of them, and callers who must not notice. Ends with 1 when one did, when a
 * character was lost or doubled, when the ledger says something else than what was, or when memory does not come back.
 */
public final class Soak {

    private static final String[] FLAKY = {"alfa", "bravo", "charlie", "delta"};
    private static final String STEADY = "steady";
    /** Anthropic's language; the others speak OpenAI's. */
    private static final String FOREIGN = "delta";

    private static final int KEYS = 12;
    private static final long DOWN_MS = 3_000;
    private static final long UP_MS = 5_000;
    /** What a rested gateway may hold more than before the load: pools grow to what was needed once. */
    private static final long MORE_MB = 48;

    private static final long MORE_FILES = 100;

    private final Map<String, String> options;
    private final Tally tally = new Tally();
    private final Legs legs = new Legs();
    private final List<Vendor> vendors = new ArrayList<>();
    private final AtomicLong numbers = new AtomicLong();
    private final Map<String, Samples> latencies = new TreeMap<>();
    private volatile boolean over;

    private Soak(Map<String, String> options) {
        this.options = options;
    }

    /** @param args {@code --name value ...}, then {@code --} and the command that starts a gateway */
    public static void main(String[] args) throws IOException, InterruptedException {
        Map<String, String> options = new HashMap<>();
        List<String> words = List.of(args);
        int end = words.indexOf("--");
        for (int i = 0; i < end; i += 2) {
            options.put(words.get(i).substring(2), words.get(i + 1));
        }
        System.exit(new Soak(options).run(words.subList(end + 1, words.size())) ? 0 : 1);
    }

    private long number(String option) {
        return Long.parseLong(options.get(option));
    }

    private boolean sabotaged(String how) {
        return options.get("sabotage").equals(how);
    }

    private boolean run(List<String> command) throws IOException, InterruptedException {
        int port = (int) number("port");
        for (String name : FLAKY) {
            vendors.add(vendor(name, Double.parseDouble(options.get("failing")), 0, port + 1 + vendors.size()));
        }
        vendors.add(vendor(STEADY, 0, 250, port + 1 + vendors.size()));
        for (Vendor vendor : vendors) {
            vendor.open();
        }
        Path directory = Path.of(options.get("directory"));
        try (Subject subject = Subject.start(command, configuration(directory), port, directory)) {
            Duration time = Duration.ofSeconds(number("seconds"));
            Rows rows = new Rows(subject.url(), tally);
            Instant from = Instant.now().minusSeconds(1);
            System.err.printf("warming up for %d s%n", time.toSeconds() / 5);
            load(subject, rows, time.dividedBy(5));
            Subject.Use before = rest(subject);
            System.err.printf("%d s of load, %d callers%n", time.toSeconds(), number("callers"));
            load(subject, rows, time);
            Subject.Use after = rest(subject);
            rows.checkUsage(from);
            compare(subject, before, after);
            report(rows, before, after);
        }
        return tally.violations() == 0;
    }

    private Vendor vendor(String name, double failing, long delayMs, int port) {
        Language language = name.equals(FOREIGN) ? Language.anthropic() : Language.openAi();
        double spoiling = sabotaged("text") ? 0.01 : 0;
var nature = new Vendor.Nature(name, language, failing, spoiling, delayMs, number("seed"));
        return new Vendor(nature, port, legs, tally);
    }

    private Map<String, String> configuration(Path directory) {
        Map<String, String> all = new TreeMap<>();
        for (int i = 0; i < vendors.size(); i++) {
            Vendor vendor = vendors.get(i);
            boolean foreign = vendor.name().equals(FOREIGN);
            String provider = "signalbox.providers." + vendor.name();
            all.put(provider + ".kind", foreign ? "anthropic" : "openai-compatible");
            all.put(provider + ".base-url", vendor.root() + (foreign ? "" : "/v1"));
            for (int key = 0; key < KEYS; key++) {
                all.put(provider + ".api-keys[" + key + "]", "sk-" + vendor.name() + "-" + key);
            }
            all.put(provider + ".connect-timeout", "1s");
            all.put(provider + ".timeout", "2s");
            all.put(provider + ".first-token-timeout", "1s");
            all.put(provider + ".idle-timeout", "1s");
            all.put(provider + ".max-retries", "1");
            all.put(provider + ".circuit.open-for", "2s");
            all.put(provider + ".health.interval", "1s");
            all.put(provider + ".weight", String.valueOf(i + 1));
            all.put(provider + ".priority", vendor.name().equals(STEADY) ? "2" : "1");
            for (String model : List.of("balanced", "hedged")) {
                String deployment = "signalbox.models." + model + ".deployments[" + i + "]";
                all.put(deployment + ".provider", vendor.name());
                all.put(deployment + ".model", "up-" + model);
                all.put(deployment + ".pricing.input", String.valueOf(i + 1));
                all.put(deployment + ".pricing.output", (i + 2) + ".25");
            }
        }
        for (String model : List.of("balanced", "hedged")) {
            all.put("signalbox.models." + model + ".resume-streams", String.valueOf(!sabotaged("resume")));
            all.put("signalbox.models." + model + ".max-output-tokens", "8000");
            all.put("signalbox.models." + model + ".fallbacks[0]", "spare");
        }
        all.put("signalbox.models.balanced.strategy", "weighted-round-robin");
        all.put("signalbox.models.hedged.strategy", "latency");
        all.put("signalbox.models.hedged.hedge.after", "400ms");
        all.put("signalbox.models.hedged.hedge.max-extra-spend", "0.2");
        all.put("signalbox.models.spare.deployments[0].provider", STEADY);
        all.put("signalbox.models.spare.deployments[0].model", "up-spare");
        all.put("signalbox.models.spare.pricing.input", "1");
        all.put("signalbox.models.spare.pricing.output", "1");
        all.put("signalbox.store.kind", options.get("store"));
        all.put("signalbox.store.directory", directory.resolve("store").toString());
        all.put("signalbox.ledger.journal", directory.resolve("journal").toString());
        all.put("signalbox.drain-delay", "0s");
        return all;
    }

    /** Callers ask as long as that, and wait for what they asked for. */
    private void load(Subject subject, Rows rows, Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        over = false;
        List<Thread> threads = new ArrayList<>();
        Thread outages = Thread.ofVirtual().start(this::outages);
        for (int i = 0; i < number("callers"); i++) {
            Caller caller = new Caller(subject.url());
            threads.add(Thread.ofVirtual().start(() -> {
                while (System.nanoTime() < end && subject.isAlive()) {
                    once(caller, rows);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        over = true;
        outages.join();
        if (!subject.isAlive()) {
            tally.violation("the gateway died");
        }
    }

    private void once(Caller caller, Rows rows) {
        long number = numbers.incrementAndGet();
        var random = new SplittableRandom(number("seed") * 1_000_003 + number);
        Caller.Way way = Caller.Way.of(number);
        Story story = new Story(number, 1 + random.nextInt(way.stream() ? 120 : 60));
        legs.expect(story.seed());
        long begun = System.nanoTime();
        Caller.Answer answer = caller.ask(way, story);
        synchronized (latencies) {
            latencies.computeIfAbsent(way.toString(), _ -> new Samples()).add(System.nanoTime() - begun);
        }
        List<Legs.Leg> seen = legs.take(story.seed());
        tally.count("asked " + way);
        if (answer.problem() != null) {
            tally.count("failed " + way);
            tally.violation("%s (%s): %s; vendors saw %s".formatted(answer.id(), way, answer.problem(), seen));
        }
        try {
            rows.check(way, answer, seen);
        } catch (IOException | RuntimeException e) {
            tally.violation("the ledger does not answer: " + e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One vendor after the other is away for a while, and back before the next one goes. */
    private void outages() {
        try {
            for (int i = 0; !over; i++) {
                pause(UP_MS);
                Vendor vendor = vendors.get(i % FLAKY.length);
                if (!over) {
                    tally.count("outages");
                    vendor.close();
                    pause(DOWN_MS);
                    vendor.open();
                }
            }
        } catch (IOException e) {
            tally.violation("a vendor could not come back: " + e);
        }
    }

    private void pause(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!over && System.nanoTime() < end) {
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private Subject.Use rest(Subject subject) throws IOException, InterruptedException {
        Thread.sleep(TimeUnit.SECONDS.toMillis(number("rest")));
        String jcmd = options.get("jcmd");
        return subject.atRest(jcmd.isEmpty() ? null : jcmd);
    }

    private void compare(Subject subject, Subject.Use before, Subject.Use after) throws IOException, InterruptedException {
        if (after.ownMb() > before.ownMb() + MORE_MB) {
            tally.violation("memory does not come back: %d MB, before %d".formatted(after.ownMb(), before.ownMb()));
        }
        if (after.files() > before.files() + MORE_FILES) {
            tally.violation("open files: %d, before %d".formatted(after.files(), before.files()));
        }
        double active = subject.metric("signalbox_active_requests");
        if (active != 0) {
            tally.violation("%.0f requests are still active".formatted(active));
        }
    }

    private void report(Rows rows, Subject.Use before, Subject.Use after) {
        long faults = tally.beginning("fault ").values().stream().mapToLong(Long::longValue).sum();
        long attempts = tally.beginning("attempts at ").values().stream().mapToLong(Long::longValue).sum();
        System.out.printf(
                "%n%d requests, %d attempts of which vendors failed %d (%.1f %%), %d outages of %d s; %d streams continued"
                        + " (%d more than once), %d second attempts.%n%n",
                numbers.get(), attempts, faults, 100.0 * faults / Math.max(1, attempts),
                tally.of("outages"), DOWN_MS / 1000,
                tally.of("resumed"), tally.of("resumed more than once"), tally.of("hedged"));
        System.out.println("| asked | requests | failures seen by callers | p50 ms | p99 ms |\n|---|--:|--:|--:|--:|");
        tally.beginning("asked ").forEach((way, count) -> System.out.printf("| %s | %d | %d | %.0f | %.0f |%n", way, count,
                tally.of("failed " + way), latencies.get(way).percentile(0.5), latencies.get(way).percentile(0.99)));
        System.out.println("\n| vendor | attempts |\n|---|--:|");
        tally.beginning("attempts at ").forEach((name, count) -> System.out.printf("| %s | %d |%n", name, count));
        System.out.println("\n| what went wrong | times |\n|---|--:|");
        tally.beginning("fault ").forEach((name, count) -> System.out.printf("| %s | %d |%n", name, count));
        System.out.println("\n| how they were continued | times |\n|---|--:|");
        tally.beginning("continued ").forEach((name, count) -> System.out.printf("| %s | %d |%n", name, count));
        System.out.printf("| not at all, so that another was asked | %d |%n", tally.of("not continued"));
        System.out.println("\n| ledger | |\n|---|--:|");
        System.out.printf("| rows | %d |%n", tally.of("rows"));
        tally.beginning("row status ").forEach((status, count) -> System.out.printf("| of status %s | %d |%n", status, count));
        System.out.printf("| tokens in, out | %d, %d |%n", tally.of("input tokens"), tally.of("output tokens"));
        System.out.printf("| cost | %s USD |%n", rows.cost().toPlainString());
        System.out.printf("| memory at rest before, after | %d MB, %d MB |%n", before.ownMb(), after.ownMb());
        System.out.printf("| pages of mapped files before, after | %d MB, %d MB |%n", before.mappedMb(), after.mappedMb());
        System.out.printf("| open files before, after | %d, %d |%n", before.files(), after.files());
        System.out.printf("| **violations** | **%d** |%n", tally.violations());
    }
}
