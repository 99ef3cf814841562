package dev.signalbox.ledger;

import java.util.List;

/**
 * Some rows of the ledger in the order they were settled.
 *
 * @param lines each row as UTF-8 JSON, without a line break
 */
public record Rows(List<byte[]> lines) {

    /** How many. */
    public int count() {
        return lines.size();
    }

    /** The UTF-8 bytes of all rows as one JSON array. */
    public byte[] array() {
        int length = 2 + Math.max(0, lines.size() - 1);
        for (byte[] line : lines) {
            length += line.length;
        }
        byte[] array = new byte[length];
        array[0] = '[';
        int at = 1;
        for (byte[] line : lines) {
            if (at > 1) {
                array[at++] = ',';
            }
            System.arraycopy(line, 0, array, at, line.length);
            at += line.length;
        }
        array[at] = ']';
        return array;
    }

    Rows firstHalf() {
        return new Rows(lines.subList(0, lines.size() / 2));
    }

    Rows secondHalf() {
        return new Rows(lines.subList(lines.size() / 2, lines.size()));
    }
}
