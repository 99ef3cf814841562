package dev.signalbox.dialect.anthropic;

/** Watches for the end of a JSON object whose text comes in pieces. */
final class JsonObjectEnd {

    private int depth;
    private boolean inString;
    private boolean escaped;
    private boolean reached;

    /** Reads on. */
    void read(String piece) {
        for (int i = 0; i < piece.length() && !reached; i++) {
            char c = piece.charAt(i);
            if (escaped) {
                escaped = false;
            } else if (inString) {
                escaped = c == '\\';
                inString = c != '"';
            } else {
                structure(c);
            }
        }
    }

    private void structure(char c) {
        switch (c) {
            case '"' -> inString = true;
            case '{', '[' -> depth++;
            case '}', ']' -> {
                depth--;
                reached = depth <= 0;
            }
            default -> {} // numbers, words, commas, colons and space
        }
    }

    /** Takes what there is for whole. */
    void giveUp() {
        reached = true;
    }

    /** Whether the object is whole. */
    boolean reached() {
        return reached;
    }
}
