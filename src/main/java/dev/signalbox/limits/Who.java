package dev.signalbox.limits;

import org.jspecify.annotations.Nullable;

/**
 * Somebody or something with limits.
 *
 * @param kind what it is
 * @param id the id of a key, or the name of a team or a provider
 */
public record Who(Kind kind, String id) {

    /** What can have limits. */
    public enum Kind {
        /** One virtual key. */
        KEY("key"),
        /** All keys of a team together. */
        TEAM("team"),
        /** An upstream account. */
        PROVIDER("provider");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** As it is told to callers. */
        public String word() {
            return word;
        }
    }

    /** Written out since it is asked for at every request, and what the compiler makes is interpreted natively. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Who that && kind == that.kind && id.equals(that.id);
    }

    @Override
    public int hashCode() {
        return 31 * kind.hashCode() + id.hashCode();
    }
}
