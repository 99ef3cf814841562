package dev.signalbox.store;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import org.jspecify.annotations.Nullable;

/** A length of time that the schema has sums of, shortest first; all in UTC. */
enum UsageSpan {
    HOUR,
    DAY,
    /** From Monday on. */
    WEEK;

    /** The beginning of the one that a time is in; null stays null. */
    @Nullable Instant floor(@Nullable Instant time) {
        return time == null ? null : begin(time);
    }

    /** The first beginning that is not before a time; null stays null. */
    @Nullable Instant ceiling(@Nullable Instant time) {
        if (time == null) {
            return null;
        }
        Instant begin = begin(time);
        return begin.equals(time) ? time : begin.plus(hours(), ChronoUnit.HOURS);
    }

    private long hours() {
        return switch (this) {
            case HOUR -> 1;
            case DAY -> 24;
            case WEEK -> 7 * 24;
        };
    }

    private Instant begin(Instant time) {
        return switch (this) {
            case HOUR -> time.truncatedTo(ChronoUnit.HOURS);
            case DAY -> time.truncatedTo(ChronoUnit.DAYS);
            case WEEK ->
                LocalDate.ofInstant(time, ZoneOffset.UTC)
                        .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
                        .atStartOfDay()
                        .toInstant(ZoneOffset.UTC);
        };
    }
}
