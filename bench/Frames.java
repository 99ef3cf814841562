import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where a flight recording says the processor time and the allocations went: by method, and by package, where the JDK's
 * own work is charged to whoever asked for it. Usage: {@code java Frames.java RECORDING.jfr}.
 */
public final class Frames {
    private static final int ROWS = 30;
    private static final List<String> JDK = List.of("java.", "javax.", "jdk.", "sun.", "com.sun.");

    private Frames() {}

    public static void main(String[] args) throws IOException {
        List<RecordedEvent> events = RecordingFile.readAllEvents(Path.of(args[0])).stream()
                .filter(event -> event.getStackTrace() != null && !event.getStackTrace().getFrames().isEmpty())
                .toList();
        List<RecordedEvent> samples = named(events, "jdk.CPUTimeSample");
        List<RecordedEvent> allocations = named(events, "jdk.ObjectAllocationSample");
        print("Processor time by package", samples, Frames::charged, _ -> 1);
        print("Processor time by method", samples, event -> method(top(event)), _ -> 1);
        print("Allocated bytes by package", allocations, Frames::charged, event -> event.getLong("weight"));
        print("Allocated bytes by class", allocations,
                event -> event.getClass("objectClass").getName(), event -> event.getLong("weight"));
    }

    private interface Weight {
        long of(RecordedEvent event);
    }

    private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
        return events.stream().filter(event -> event.getEventType().getName().equals(name)).toList();
    }

    private static void print(
            String title, List<RecordedEvent> events, Function<RecordedEvent, String> key, Weight weight) {
        Map<String, Long> sums =
                events.stream().collect(Collectors.groupingBy(key, Collectors.summingLong(weight::of)));
        double total = sums.values().stream().mapToLong(Long::longValue).sum();
        System.out.printf("%n## %s (%d samples)%n%n| share | |%n|--:|---|%n", title, events.size());
        sums.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(ROWS)
                .forEach(sum -> System.out.printf("| %.1f %% | %s |%n", 100 * sum.getValue() / total, sum.getKey()));
    }

    private static RecordedFrame top(RecordedEvent event) {
        return event.getStackTrace().getFrames().getFirst();
    }

    /** Native methods, mostly system calls, stand alone; other work belongs to the first package beyond the JDK. */
    private static String charged(RecordedEvent event) {
        if (Modifier.isNative(top(event).getMethod().getModifiers())) {
            return "native: " + method(top(event));
        }
        return event.getStackTrace().getFrames().stream()
                .map(Frames::type)
                .filter(type -> JDK.stream().noneMatch(type::startsWith))
                .findFirst()
                .map(Frames::group)
                .orElse("JDK");
    }

    /** The first three names of a class's package. */
    private static String group(String type) {
        return type.substring(0, Math.max(0, type.lastIndexOf('.'))).replaceFirst("^(\\w+\\.\\w+\\.\\w+)\\..*", "$1");
    }

    private static String type(RecordedFrame frame) {
        return frame.getMethod().getType().getName();
    }

    private static String method(RecordedFrame frame) {
        return type(frame) + "." + frame.getMethod().getName();
    }
}
