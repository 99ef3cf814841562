package dev.signalbox.classify;

import java.util.List;

/**
 * Words and phrases that give a kind of request away. One that ends in {@code *} also stands for longer words:
 * {@code summar*} for summary and summarize.
 */
public final class Terms {

    private final List<String> lines;

    private Terms(List<String> lines) {
        this.lines = lines;
    }

    /** Terms as they are configured; blank ones are none. */
    public static Terms of(List<String> terms) {
        return new Terms(terms.stream()
                .filter(term -> Words.of(term).count() > 0)
                .map(term -> term.strip().endsWith("*")
                        ? Words.of(term).line().stripTrailing()
                        : Words.of(term).line())
                .toList());
    }

    /** How many of them occur. */
    public int in(Words words) {
        int found = 0;
        for (String line : lines) {
            found += words.line().contains(line) ? 1 : 0;
        }
        return found;
    }

    /** Whether one of them occurs. */
    public boolean anyIn(Words words) {
        for (String line : lines) {
            if (words.line().contains(line)) {
                return true;
            }
        }
        return false;
    }
}
