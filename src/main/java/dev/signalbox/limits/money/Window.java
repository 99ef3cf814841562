package dev.signalbox.limits.money;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * For how long a budget is meant, in UTC. Where a window begins and ends is a function of time alone: nothing has to run so
 * that a budget begins anew.
 */
public enum Window {
    /** From midnight to midnight. */
    DAY,
    /** From Monday to Monday. */
    WEEK,
    /** A month of the calendar. */
    MONTH,
    /** For ever. */
    TOTAL;

    /** When the window began in which that moment lies. */
    public Instant begin(Instant moment) {
        LocalDate day = LocalDate.ofInstant(moment, ZoneOffset.UTC);
        return switch (this) {
            case DAY -> instant(day);
            case WEEK -> instant(day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)));
            case MONTH -> instant(day.withDayOfMonth(1));
            case TOTAL -> Instant.EPOCH;
        };
    }

    /** The first moment after the window that begins then; null: it has no end. */
    public @Nullable Instant end(Instant begin) {
        LocalDate day = LocalDate.ofInstant(begin, ZoneOffset.UTC);
        return switch (this) {
            case DAY -> instant(day.plusDays(1));
            case WEEK -> instant(day.plusWeeks(1));
            case MONTH -> instant(day.plusMonths(1));
            case TOTAL -> null;
        };
    }

    private static Instant instant(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** Its name in the configuration and the admin API. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
