import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a process and its children have used, as Linux counts it. */
record ProcessUse(ProcessHandle root) {

    /** The unit of time in /proc/PID/stat: a hundredth of a second. */
    private static final double MILLIS_PER_TICK = 10;
    private static final double KB_PER_MB = 1024;

    /** User and system time of all threads so far. */
    double cpuMillis() {
        return family().mapToDouble(process -> {
            String stat = read(process, "stat");
            String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(afterName[11]) + Long.parseLong(afterName[12])) * MILLIS_PER_TICK;
        }).sum();
    }

    /** Resident memory; what processes share counts for each of them. */
    double rssMb() {
        return rollup("Rss:");
    }

    /** Resident memory; what processes share is divided among them. */
    double pssMb() {
        return rollup("Pss:");
    }

    private double rollup(String field) {
        return family().mapToDouble(process -> read(process, "smaps_rollup").lines()
                .filter(line -> line.startsWith(field))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / KB_PER_MB)
                .sum()).sum();
    }

    private Stream<ProcessHandle> family() {
        return Stream.concat(Stream.of(root), root.descendants());
    }

    private static String read(ProcessHandle process, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
