package dev.signalbox.store;

import org.jspecify.annotations.Nullable;

/** What callers look for: PostgreSQL has no text with a NUL in it, and fails when it is asked for one. */
final class Texts {

    private Texts() {}

    /** Whether a text can be in the store; one that is not looked for can. */
    static boolean canBe(@Nullable String text) {
        return text == null || text.indexOf('\0') < 0;
    }
}
