package dev.signalbox.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.ledger.GroupCursor;
import dev.signalbox.ledger.RequestLog.Dimension;
import dev.signalbox.ledger.RequestLog.Dimension.Field;
import dev.signalbox.ledger.RequestLog.Page;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a page of usage. Groups that have a time are in the order of it, and are asked for in windows of time, one after the
 * other, until the page is full: what belongs to later pages is not added up. Each group lies in one window.
 */
final class UsagePaging {

    private static final int GROWTH = 8;
    private static final int LONGEST = 100_000;

    /** As many months, since each has parts of its own. */
    private static final int MOST_MONTHS = 12;

    /** The first and the last hour that have rows. */
    record Edges(Instant first, Instant last) {}

    private final List<Dimension> by;
    private final UsageQuery.Known known;
    private final int limit;
    private final @Nullable GroupCursor after;
    private final @Nullable Field unit;
    private final @Nullable Instant from;
    private final @Nullable Instant to;
    private final List<ObjectNode> rows = new ArrayList<>();
    private @Nullable Instant next;
    private @Nullable Instant end;
    private int length = 1;
    private boolean isFirst = true;
    private boolean isDone;

    /**
     * @param edges null when there are no rows at all; of no consequence for groups without a time
     */
    UsagePaging(
            @Nullable Instant from,
            @Nullable Instant to,
            List<Dimension> by,
            UsageQuery.Known known,
            @Nullable Edges edges,
            int limit,
            @Nullable GroupCursor after) {
        this.by = by;
        this.known = known;
        this.limit = limit;
        this.after = after;
        this.from = from;
        this.to = to;
        unit = by.stream()
                .<Field>mapMulti((dimension, into) -> {
                    if (dimension instanceof Field field && isTime(field)) {
                        into.accept(field);
                    }
                })
                .min(Field::compareTo)
                .orElse(null);
        if (unit == null) {
            return;
        }
        isDone = edges == null;
        if (edges != null) {
            Instant last = edges.last().plus(1, ChronoUnit.HOURS);
            Instant reached = after == null ? null : after.time();
            Instant begin = later(later(edges.first(), from), reached);
            next = begin;
            end = to == null || last.isBefore(to) ? last : to;
        }
    }

    /** Whether groups by these are asked for in windows. */
    static boolean hasTime(List<Dimension> by) {
        return by.stream().anyMatch(dimension -> dimension instanceof Field field && isTime(field));
    }

    private static boolean isTime(Field field) {
        return field == Field.HOUR || field == Field.DAY || field == Field.MONTH;
    }

    private static Instant later(Instant one, @Nullable Instant other) {
        return other == null || other.isBefore(one) ? one : other;
    }

    /** What is to be asked next; null when the page is complete. */
    @Nullable UsageQuery next() {
        if (isDone) {
            return null;
        }
        Field shortest = unit;
        Instant begin = next;
        Instant last = end;
        if (shortest == null || begin == null || last == null) {
            isDone = true;
            return UsageQuery.of(from, to, by, known, missing(), after);
        }
        if (!begin.isBefore(last)) {
            isDone = true;
            return null;
        }
        Instant until = behind(shortest, begin, length);
        next = until;
        return UsageQuery.of(begin, until.isBefore(last) ? until : last, by, known, missing(), after);
    }

    /** Takes an answer. */
    void add(List<ObjectNode> found) {
        rows.addAll(found);
        isDone |= missing() <= 0;
        if (!isFirst || after == null) {
            double wanted = found.isEmpty() ? LONGEST : Math.ceil((double) missing() * length / found.size());
            int most = Math.min(length * GROWTH, unit == Field.MONTH ? MOST_MONTHS : LONGEST);
            length = (int) Math.clamp(wanted, 1, most);
        }
        isFirst = false;
    }

    /** What came of it. */
    Page page() {
        List<ObjectNode> shown = rows.subList(0, Math.min(limit, rows.size()));
        return new Page(
                shown,
                rows.size() > limit ? GroupCursor.after(shown.getLast(), by).toString() : null);
    }

    /** One more than the page holds, to know whether there is another. */
    private int missing() {
        return limit == Integer.MAX_VALUE ? limit : limit + 1 - rows.size();
    }

    private static Instant behind(Field unit, Instant time, int units) {
        ZonedDateTime at = time.atZone(ZoneOffset.UTC);
        return switch (unit) {
            case HOUR -> at.truncatedTo(ChronoUnit.HOURS).plusHours(units).toInstant();
            case DAY -> at.truncatedTo(ChronoUnit.DAYS).plusDays(units).toInstant();
            case MONTH ->
                at.truncatedTo(ChronoUnit.DAYS)
                        .withDayOfMonth(1)
                        .plusMonths(units)
                        .toInstant();
            default -> throw new IllegalArgumentException(unit + " is no time");
        };
    }
}
