package dev.signalbox.ledger;

/**
 * A place in the journal.
 *
 * @param segment the number of the segment
 * @param offset where in its file
 * @param rows how many rows lie before it since the journal began
 */
record Position(long segment, int offset, long rows) implements Comparable<Position> {

    /** Before everything. */
    static final Position START = new Position(0, 0, 0);

    @Override
    public int compareTo(Position other) {
        int bySegment = Long.compare(segment, other.segment);
        return bySegment != 0 ? bySegment : Integer.compare(offset, other.offset);
    }

    boolean isBefore(Position other) {
        return compareTo(other) < 0;
    }
}
