import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.DoubleBinaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Turns the lines that {@link Load} wrote into tables. Two subjects are compared round by round, and the median of the
 * comparisons counts: what the machine did to one of them in a round it likely did to the other.
 *
 * <p>Usage: {@code java Report.java RESULTS.jsonl}; without results it prints the empty tables.
 */
public final class Report {
    private static final List<String> SUBJECTS = List.of(
            "direct", "nginx", "portkey", "jvm-bare", "jvm-full", "jvm-limited", "jvm-cluster",
            "native-bare", "native-full", "native-limited", "native-cluster");
    private static final List<String> OURS = SUBJECTS.subList(3, SUBJECTS.size());
    private static final List<String> FAILURES = List.of("broken", "non_200", "incomplete", "unfinished");
    private static final Pattern FIELD = Pattern.compile("\"(\\w+)\":(?:\"([^\"]*)\"|([-0-9.]+))");
    private static final String NONE = "–";

    /** One figure of one phase. */
    private record Measure(String title, String phase, String field, int digits) {}

    /** A limit on a figure, or on the quotient of two subjects' figures when there is another to compare with. */
    private record Target(String title, Measure measure, String subject, String other, double limit) {}

    private static final Measure REQUEST = new Measure("CPU ms a request, saturated", "plain", "cpu_ms_per_request", 4);
    private static final Measure CHUNK =
            new Measure("CPU µs a chunk, 200 streams, 20 ms between chunks", "paced", "cpu_us_per_chunk", 1);
    private static final Measure STREAMING = new Measure("RSS MB with 5,000 streams", "hold-5000", "rss_mb", 0);
    private static final Measure FIRST = new Measure("first answer, ms after exec", "start", "first_answer_ms", 0);
    private static final Measure REST = new Measure("RSS MB at rest", "start", "rss_mb", 0);

    private static final List<Measure> MEASURES = List.of(
            REQUEST,
            new Measure("requests a second, saturated", "plain", "rps", 0),
            new Measure("CPU ms a request, open loop", "rate", "cpu_ms_per_request", 4),
            new Measure("CPU ms a request, first seconds (cold)", "cold", "cpu_ms_per_request", 3),
            CHUNK,
            new Measure("CPU µs a chunk, 16 streams, no pause", "burst", "cpu_us_per_chunk", 2),
            FIRST,
            new Measure("CPU ms until the first answer", "start", "start_cpu_ms", 0),
            REST,
            new Measure("PSS MB at rest", "start", "pss_mb", 0),
            new Measure("RSS MB with 1,000 streams", "hold-1000", "rss_mb", 0),
            new Measure("PSS MB with 1,000 streams", "hold-1000", "pss_mb", 0),
            STREAMING,
            new Measure("PSS MB with 5,000 streams", "hold-5000", "pss_mb", 0));

    private static final List<Measure> LATENCIES = List.of(
            new Measure("p50 ms, open loop", "rate", "p50_ms", 2),
            new Measure("p99 ms, open loop", "rate", "p99_ms", 2),
            new Measure("time to first token p50 ms", "ttft", "ttft_p50_ms", 2),
            new Measure("time to first token p99 ms", "ttft", "ttft_p99_ms", 2));

    private static final List<Target> TARGETS = List.of(
            new Target("CPU a request, JVM bare / nginx", REQUEST, "jvm-bare", "nginx", 3.5),
            new Target("CPU a request, JVM full / nginx", REQUEST, "jvm-full", "nginx", 4.5),
            new Target("CPU a request, JVM bare / Portkey", REQUEST, "jvm-bare", "portkey", 0.10),
            new Target("CPU a request, JVM full / Portkey", REQUEST, "jvm-full", "portkey", 0.10),
            new Target("CPU a chunk, JVM bare / nginx", CHUNK, "jvm-bare", "nginx", 2),
            new Target("CPU a chunk, JVM full / nginx", CHUNK, "jvm-full", "nginx", 2),
            new Target("RSS MB with 5,000 streams, JVM bare", STREAMING, "jvm-bare", null, 500),
            new Target("RSS MB with 5,000 streams, JVM full", STREAMING, "jvm-full", null, 500),
            new Target("CPU a request, native / JVM, bare", REQUEST, "native-bare", "jvm-bare", 2.5),
            new Target("CPU a request, native / JVM, full", REQUEST, "native-full", "jvm-full", 2.5),
            new Target("first answer ms, native bare", FIRST, "native-bare", null, 100),
            new Target("RSS MB at rest, native bare", REST, "native-bare", null, 100));

    private final List<String> about = new ArrayList<>();
    private final List<Map<String, String>> results = new ArrayList<>();

    private Report(Stream<String> lines) {
        lines.forEach(line -> {
            Map<String, String> fields = new HashMap<>();
            FIELD.matcher(line).results().forEach(
                    field -> fields.put(field.group(1), field.group(2) == null ? field.group(3) : field.group(2)));
            if (fields.containsKey("about")) {
                about.add(fields.get("about"));
            } else {
                results.add(fields);
            }
        });
    }

    public static void main(String[] args) throws IOException {
        Report report = new Report(args.length == 0 ? Stream.empty() : Files.readAllLines(Path.of(args[0])).stream());
        System.out.println(report.text());
    }

    private String text() {
        return Stream.of(
                "# Results", "", "Written by `bench/run --write`; bench/README.md says how it was measured. " + NONE
                        + " was not measured.", "",
                about.stream().map(line -> "- " + line).collect(Collectors.joining("\n")), "",
                "## Targets", "", targets(), "",
                "## Figures", "", table("", SUBJECTS, MEASURES, this::figure), "",
                "## Latency", "", table("", SUBJECTS, LATENCIES, this::figure), "",
                table("added to direct", SUBJECTS.subList(1, SUBJECTS.size()), LATENCIES, this::added), "",
                "## Quotients", "", table("/ nginx", OURS, MEASURES, (m, s) -> quotient(m, s, "nginx")), "",
                table("/ Portkey", OURS, MEASURES, (m, s) -> quotient(m, s, "portkey")), "",
                table("native / JVM", List.of("bare", "full"), MEASURES,
                        (m, config) -> quotient(m, "native-" + config, "jvm-" + config)), "",
                "## Failures", "", failures())
                .collect(Collectors.joining("\n"));
    }

    private interface Cell {
        String of(Measure measure, String subject);
    }

    /** What is measured only when it is asked for has no column of its own otherwise. */
    private boolean isShown(String subject) {
        return !(subject.endsWith("-limited") || subject.endsWith("-cluster"))
                || results.stream().anyMatch(fields -> subject.equals(fields.get("subject")));
    }

    private String table(String corner, List<String> all, List<Measure> rows, Cell cell) {
        List<String> columns = all.stream().filter(this::isShown).toList();
        return Stream.concat(
                Stream.of(row(Stream.concat(Stream.of(corner), columns.stream().map(Report::name))),
                        "|---|" + "--:|".repeat(columns.size())),
                rows.stream().map(measure -> row(Stream.concat(
                        Stream.of(measure.title()), columns.stream().map(column -> cell.of(measure, column))))))
                .collect(Collectors.joining("\n"));
    }

    private static String row(Stream<String> cells) {
        return cells.collect(Collectors.joining(" | ", "| ", " |"));
    }

    private static String name(String subject) {
        return subject.replace("portkey", "Portkey").replace("jvm", "JVM").replace('-', ' ');
    }

    /** The median, and the range when there were several rounds. */
    private String figure(Measure measure, String subject) {
        return shown(compared(measure, subject, subject, (value, _) -> value), measure.digits());
    }

    private String added(Measure measure, String subject) {
        return shown(compared(measure, subject, "direct", (value, direct) -> value - direct), measure.digits());
    }

    private String quotient(Measure measure, String subject, String other) {
        OptionalDouble median = median(compared(measure, subject, other, (value, base) -> value / base));
        return median.isPresent() ? number(median.getAsDouble(), 2) : NONE;
    }

    private static String shown(double[] values, int digits) {
        OptionalDouble median = median(values);
        if (median.isEmpty()) {
            return NONE;
        }
        String middle = number(median.getAsDouble(), digits);
        return values.length == 1
                ? middle
                : middle + " (" + number(values[0], digits) + "–" + number(values[values.length - 1], digits) + ")";
    }

    private static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%,." + digits + "f", value);
    }

    private String targets() {
        return Stream.concat(
                Stream.of("| target | limit | measured | |", "|---|--:|--:|---|"),
                TARGETS.stream().map(target -> {
                    OptionalDouble value = median(target.other() == null
                            ? compared(target.measure(), target.subject(), target.subject(), (own, _) -> own)
                            : compared(target.measure(), target.subject(), target.other(), (own, base) -> own / base));
                    int digits = target.other() == null ? 0 : 2;
                    return row(Stream.of(target.title(), number(target.limit(), digits),
                            value.isEmpty() ? NONE : number(value.getAsDouble(), digits), verdict(target, value)));
                }))
                .collect(Collectors.joining("\n"));
    }

    private String verdict(Target target, OptionalDouble value) {
        if (value.isEmpty()) {
            return "not measured";
        }
        boolean failed = results.stream()
                .filter(result -> target.measure().phase().equals(result.get("phase")))
                .anyMatch(result -> target.subject().equals(result.get("subject")) && failed(result));
        return failed ? "**not met**: answers failed" : value.getAsDouble() <= target.limit() ? "met" : "**not met**";
    }

    private String failures() {
        List<String> lines = results.stream()
                .filter(Report::failed)
                .map(result -> "- %s %s %s: %s of %s".formatted(result.get("phase"), result.get("round"),
                        result.get("subject"),
                        FAILURES.stream().filter(kind -> count(result, kind) > 0)
                                .map(kind -> result.get(kind) + " " + kind).collect(Collectors.joining(", ")),
                        result.getOrDefault("total", NONE)))
                .toList();
        if (!lines.isEmpty()) {
            return String.join("\n", lines);
        }
        return results.isEmpty() ? NONE : "None: every answer was 200 and whole.";
    }

    private static boolean failed(Map<String, String> result) {
        return FAILURES.stream().anyMatch(kind -> count(result, kind) > 0);
    }

    private static long count(Map<String, String> result, String kind) {
        return Long.parseLong(result.getOrDefault(kind, "0"));
    }

    /** A subject's figure in each round. */
    private Map<String, Double> rounds(Measure measure, String subject) {
        return results.stream()
                .filter(result -> measure.phase().equals(result.get("phase")) && subject.equals(result.get("subject")))
                .filter(result -> result.containsKey(measure.field()))
                .collect(Collectors.toMap(
                        result -> result.get("round"), result -> Double.valueOf(result.get(measure.field()))));
    }

    private double[] compared(Measure measure, String subject, String other, DoubleBinaryOperator comparison) {
        Map<String, Double> others = rounds(measure, other);
        return rounds(measure, subject).entrySet().stream()
                .filter(round -> others.containsKey(round.getKey()))
                .mapToDouble(round -> comparison.applyAsDouble(round.getValue(), others.get(round.getKey())))
                .toArray();
    }

    /** Sorts the values, too. */
    private static OptionalDouble median(double[] values) {
        Arrays.sort(values);
        int half = values.length / 2;
        return values.length == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2);
    }
}
