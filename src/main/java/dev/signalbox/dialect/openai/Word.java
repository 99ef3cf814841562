package dev.signalbox.dialect.openai;

import dev.signalbox.chat.Body.Member;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** An ASCII word to be looked for in bytes, as Horspool does it: most bytes are passed over unread. */
final class Word {

    /** Every word that was ever looked for: as many as the quirks of all providers name. */
    private static final Map<String, Word> KNOWN = new ConcurrentHashMap<>();

    private final byte[] word;
    private final int[] skips = new int[128];

    private Word(String word) {
        this.word = word.getBytes(StandardCharsets.US_ASCII);
        Arrays.fill(skips, this.word.length);
        for (int i = 0; i < this.word.length - 1; i++) {
            skips[this.word[i]] = this.word.length - 1 - i;
        }
    }

    /** The word, ready to be looked for. */
    static Word of(String word) {
        Word known = KNOWN.get(word);
        return known == null ? KNOWN.computeIfAbsent(word, Word::new) : known;
    }

    /** Whether it stands somewhere in the member. */
    boolean standsIn(byte[] bytes, Member member) {
        int last = word.length - 1;
        for (int at = member.start() + last; at < member.end(); ) {
            byte end = bytes[at];
            if (end == word[last] && Arrays.equals(bytes, at - last, at + 1, word, 0, word.length)) {
                return true;
            }
            at += end < 0 ? word.length : skips[end];
        }
        return false;
    }
}
