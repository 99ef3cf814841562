package dev.signalbox.ledger;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a journal, those made ready ahead included, and the room in them. Whoever calls anything holds the journal's
 * lock.
 *
 * <p>The room for the row of every open intent stays reserved: with {@code remaining(s)} bytes left in segment s, the sum
 * of {@code max(0, remaining(s) - RESERVE)} is never below {@code RESERVE} times the number of open intents, so that a
 * brief row fits for each, wherever segments end.
 */
final class Segments {

    /** The room that an open intent keeps for its row. */
    static final int RESERVE = 2048;

    private final int size;
    private final TreeMap<Long, Segment> written = new TreeMap<>();
    private final ArrayDeque<Segment> spares = new ArrayDeque<>();
    private @Nullable Segment current;
    private long nextNumber;
    private long reserved;
    private long rows;

    /**
     * None yet.
     *
     * @param size of a file
     */
    Segments(int size) {
        this.size = size;
    }

    /** Takes those that an earlier process wrote; the next one made has a number above theirs and above that. */
    void found(List<Segment> earlier, long lastNumber) {
        earlier.forEach(segment -> written.put(segment.number, segment));
        nextNumber = Math.max(lastWritten(), lastNumber) + 1;
    }

    /** The number of the newest; 0 when there is none. */
    long lastWritten() {
        return written.isEmpty() ? 0 : written.lastKey();
    }

    /** It has at least so many rows before the next. */
    void counted(long known) {
        rows = Math.max(rows, known);
    }

    /** How many rows were ever appended. */
    long rows() {
        return rows;
    }

    /** Where the next record goes. */
    Position end() {
        Segment last = current;
        return last == null
                ? new Position(nextNumber, Segment.HEADER, rows)
                : new Position(last.number, last.end(), rows);
    }

    // ---- Room

    /** What a fresh segment counts for in the sum of the promise. */
    private long whole() {
        return (long) size - Segment.HEADER - RESERVE;
    }

    /** Whether an intent of so many bytes fits, with the room for its row. */
    boolean holdsIntent(int length) {
        return holds(length, reserved + RESERVE);
    }

    /** Whether a row of so many bytes fits; when its intent is open, into the room that it has. */
    boolean holdsRow(int length, boolean hasIntent) {
        return holds(length, hasIntent ? reserved - RESERVE : reserved);
    }

    /** Whether a frame can be appended and the promise holds with that many bytes reserved. */
    private boolean holds(int length, long reservedAfter) {
        long here = current == null ? 0 : current.remaining();
        long spare = spares.size() * whole();
        if (here >= length) {
            return Math.max(0, here - length - RESERVE) + spare >= reservedAfter;
        }
        return !spares.isEmpty() && whole() >= length && spare - length >= reservedAfter;
    }

    /** Whether a whole segment should be made ready: two more than the open intents need. */
    boolean needsRoom() {
        long here = current == null ? 0 : Math.max(0, current.remaining() - RESERVE);
        return current == null || spares.size() * whole() + here < reserved + 2 * whole();
    }

    /** The number of a segment that is to be made. */
    long takeNumber() {
        return nextNumber++;
    }

    /** A segment is ready. */
    void add(Segment spare) {
        spares.add(spare);
        if (current == null) {
            roll();
        }
    }

    // ---- Appending

    /**
     * Where a record lies.
     *
     * @param next what follows it
     */
    record Place(Segment segment, int offset, int next) {}

    /** Appends an intent; its segment stays until its row is there. */
    Place appendIntent(byte[] frame) {
        Place place = append(frame);
        place.segment().open++;
        return place;
    }

    /** Sets the room for a row aside. */
    void reserve() {
        reserved += RESERVE;
    }

    /** Appends a row. */
    void appendRow(byte[] frame) {
        append(frame).segment().rows++;
        rows++;
    }

    /** The row of an intent is there, or is needed no more: its room is free. */
    void release(Place intent) {
        intent.segment().open--;
        reserved -= RESERVE;
    }

    private Place append(byte[] frame) {
        Segment last = current;
        if (last == null || last.remaining() < frame.length) {
            last = roll();
        }
        int at = last.end();
        last.append(frame);
        return new Place(last, at, last.end());
    }

    private Segment roll() {
        Segment next = spares.poll();
        if (next == null) {
            throw new LedgerUnavailable("there is no room on its disk");
        }
        next.begin(rows);
        written.put(next.number, next);
        current = next;
        return next;
    }

    // ---- Which there are

    /** How many are written. */
    int count() {
        return written.size();
    }

    /** The one that is written to; null before there is room, and after the end. */
    @Nullable Segment current() {
        return current;
    }

    /** The first with that number or a higher one. */
    @Nullable Segment from(long number) {
        Map.Entry<Long, Segment> found = written.ceilingEntry(number);
        return found == null ? null : found.getValue();
    }

    /** Those with that number or a higher one, oldest first. */
    List<Segment> allFrom(long number) {
        return List.copyOf(written.tailMap(number).values());
    }

    /** All, newest first. */
    List<Segment> newestFirst() {
        return List.copyOf(written.descendingMap().values());
    }

    /** Those that are still mapped. */
    List<Segment> untrimmed() {
        return written.values().stream().filter(segment -> !segment.isTrimmed).toList();
    }

    /** The oldest; null when there is none. */
    @Nullable Segment oldest() {
        return written.isEmpty() ? null : written.firstEntry().getValue();
    }

    /** The first in which the next process has to look for intents without a row. */
    long firstWithIntents() {
        for (Segment segment : written.values()) {
            if (segment.open > 0 || segment.equals(current)) {
                return segment.number;
            }
        }
        return nextNumber;
    }

    /** Its file is going to be removed. */
    void remove(Segment segment) {
        written.remove(segment.number);
    }

    /** Nothing is written any more; gives back what was made ready in vain. */
    List<Segment> finish() {
        List<Segment> unused = new ArrayList<>(spares);
        spares.clear();
        Segment last = current;
        current = null;
        if (last != null && last.end() == Segment.HEADER) {
            written.remove(last.number);
            unused.add(last);
        }
        return unused;
    }
}
