package dev.signalbox.routing;

import org.jspecify.annotations.Nullable;

/**
 * Finds how much of a new text repeats the end of an old one, or the whole of it, while the new text comes in pieces; what it
 * gives is the same however the pieces are cut.
 *
 * <p>The longest end of the old text that the new one begins with is a repetition when it is all of the old text, or has at
 * least 5 characters, or at least 3 and begins a word; and holds at least 3 letters or digits, and does not stand twice in a
 * row at the old end, since indents, rules and refrains repeat themselves.
 */
final class Overlap {

    /** How far back an end may begin. */
    private static final int WINDOW = 4_096;

    private static final int LONG = 5;
    private static final int WORD = 3;

    private final String said;
    private final StringBuilder held = new StringBuilder();
    /** Where the ends of the old text begin that the new one may still turn out to repeat. */
    private int[] alive;

    private int count;
    private int compared;
    private int repeated;
    private boolean decided;

    /**
     * @param said the old text
     */
    Overlap(String said) {
        this.said = said;
        int from = Math.max(0, said.length() - WINDOW);
        this.alive = new int[said.length() - from + 1];
        if (from > 0) {
            alive[count++] = 0;
        }
        for (int at = from; at < said.length(); at++) {
            alive[count++] = at;
        }
        this.decided = count == 0;
    }

    /** The characters of the new text so far that are known to be new; empty while that is not known. */
    String take(String delta) {
        if (decided) {
            return delta;
        }
        held.append(delta);
        while (count > 0 && compared < held.length()) {
            compare(held.charAt(compared++));
        }
        return count == 0 ? decide() : "";
    }

    private void compare(char c) {
        int left = 0;
        for (int i = 0; i < count; i++) {
            int begin = alive[i];
            if (said.charAt(begin + compared - 1) != c) {
                continue;
            }
            if (begin + compared < said.length()) {
                alive[left++] = begin;
            } else if (counts(begin)) {
                repeated = compared;
            }
        }
        count = left;
    }

    private boolean counts(int begin) {
        if (begin == 0) {
            return true;
        }
        if (Character.isLowSurrogate(said.charAt(begin)) && Character.isHighSurrogate(said.charAt(begin - 1))) {
            return false;
        }
        int length = said.length() - begin;
        return length >= (beginsWord(begin) ? WORD : LONG) && isTelling(begin) && !standsTwice(begin);
    }

    private boolean beginsWord(int at) {
        return !Character.isLetterOrDigit(said.charAt(at - 1)) || !Character.isLetterOrDigit(said.charAt(at));
    }

    private boolean isTelling(int begin) {
        int telling = 0;
        for (int i = begin; i < said.length() && telling < WORD; i++) {
            telling += Character.isLetterOrDigit(said.charAt(i)) || Character.isSurrogate(said.charAt(i)) ? 1 : 0;
        }
        return telling == WORD;
    }

    private boolean standsTwice(int begin) {
        int length = said.length() - begin;
        return begin >= length && said.regionMatches(begin - length, said, begin, length);
    }

    private String decide() {
        decided = true;
        alive = new int[0];
        String fresh = held.substring(repeated);
        held.setLength(0);
        return fresh;
    }

    /** Whether the new text has repeated some of the old one. */
    boolean hasRepeated() {
        return repeated > 0;
    }

    /**
     * The new text is over: what of the held is new.
     *
     * @return null when the new text is a beginning of the old one, so that it contradicts it
     */
    @Nullable String end() {
        if (decided) {
            return "";
        }
        boolean begins = held.length() >= LONG
                && held.length() < said.length()
                && repeated < held.length()
                && said.startsWith(held.toString());
        return begins ? null : decide();
    }
}
