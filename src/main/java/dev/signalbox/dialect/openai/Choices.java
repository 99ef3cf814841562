package dev.signalbox.dialect.openai;

import java.util.BitSet;

/** Which of an answer's choices have spoken, and which have ended. */
final class Choices {

    /** The greatest index that is told apart from others. */
    static final int MOST = 1023;

    private final BitSet speaking = new BitSet();
    private final BitSet ended = new BitSet();

    void speaks(int index) {
        speaking.set(Math.min(index, MOST));
    }

    void ends(int index) {
        ended.set(Math.min(index, MOST));
    }

    /** Whether every choice that spoke has ended, and one did. */
    boolean allEnded() {
        return !ended.isEmpty() && ended.equals(speaking);
    }
}
