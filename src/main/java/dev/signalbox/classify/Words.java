package dev.signalbox.classify;

/**
 * The words of a text.
 *
 * @param count how many; an ideograph counts as one
 * @param line in small letters, a blank before, between and after them
 */
public record Words(int count, String line) {

    /** Of a longer text only the beginning and the end are looked at, where people say what they want. */
    private static final int LONGEST = 8_000;

    /** The words of a text: runs of letters, digits, apostrophes and hyphens. */
    public static Words of(String text) {
        if (text.length() <= LONGEST) {
            return read(text);
        }
        int half = LONGEST / 2;
        return read(text.substring(0, half) + " " + text.substring(text.length() - half));
    }

    private static Words read(String text) {
        StringBuilder line = new StringBuilder(text.length() + 2).append(' ');
        int count = 0;
        boolean inside = false;
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            boolean alone = Character.isIdeographic(c);
            boolean letter = Character.isLetterOrDigit(c);
            boolean joint = inside && (c == '\'' || c == '\u2019' || c == '-' || c == '_');
            if (inside && (alone || (!letter && !joint))) {
                line.append(' ');
                inside = false;
            }
            if (letter || joint) {
                count += inside ? 0 : 1;
                line.appendCodePoint(Character.toLowerCase(c));
                inside = !alone;
            }
            if (alone) {
                line.append(' ');
            }
        }
        return new Words(count, inside ? line.append(' ').toString() : line.toString());
    }
}
