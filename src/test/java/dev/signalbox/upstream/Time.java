package dev.signalbox.upstream;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Time that passes when it is told to: a clock, the monotonic one, and timers. */
final class Time extends Clock implements Alarm {

    private static final long BEGIN = Long.MAX_VALUE - Duration.ofMinutes(1).toNanos();

    private Duration passed = Duration.ZERO;
    private final List<Due> timers = new ArrayList<>();

    private record Due(Duration at, Runnable action) {}

    long nanos() {
        return BEGIN + passed.toNanos();
    }

    /** Lets time pass, and does what is due on the way. */
    void pass(Duration time) {
        Duration end = passed.plus(time);
        while (true) {
            Due next = timers.stream()
                    .filter(due -> due.at().compareTo(end) <= 0)
                    .min(Comparator.comparing(Due::at))
                    .orElse(null);
            if (next == null) {
                passed = end;
                return;
            }
            timers.remove(next);
            passed = next.at();
            next.action().run();
        }
    }

    /** How many timers are set. */
    int timers() {
        return timers.size();
    }

    @Override
    public Runnable after(Duration delay, Runnable action) {
        Due due = new Due(passed.plus(delay), action);
        timers.add(due);
        return () -> timers.remove(due);
    }

    @Override
    public Instant instant() {
        return Instant.parse("2026-03-01T12:00:00Z").plus(passed);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException();
    }
}
