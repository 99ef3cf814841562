package dev.signalbox.limits.money;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Money that somebody may spend in a window of time.
 *
 * @param account whose, and when
 * @param limit in pico-dollars
 */
public record Purse(Account account, long limit) {

    public Purse {
        if (limit < 0) {
            throw new IllegalArgumentException("a limit is below zero");
        }
    }

    /** A purse's money in the window in which that moment lies. */
    public static Purse of(Scope scope, String who, Budget budget, Instant moment) {
        Window window = budget.window();
        return new Purse(new Account(scope, who, window, window.begin(moment)), budget.limit());
    }

    /** Whose a purse is. */
    public enum Scope {
        /** A virtual key's, by its id. */
        KEY,
        /** A team's, by its name. */
        TEAM,
        /** What is spent at a provider, by its configured name. */
        PROVIDER;

        /** In words. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Whose money of when: what is spent in another window is another account.
     *
     * @param who a key's id, or the name of a team or a provider
     * @param begin when the window began
     */
    public record Account(Scope scope, String who, Window window, Instant begin) {

        /** When it begins anew; null: never. */
        public @Nullable Instant resets() {
            return window.end(begin);
        }

        /** Written out since it is asked for at every request, and what the compiler makes is interpreted natively. */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Account that
                    && scope == that.scope
                    && window == that.window
                    && who.equals(that.who)
                    && begin.equals(that.begin);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * (31 * scope.hashCode() + window.hashCode()) + who.hashCode()) + begin.hashCode();
        }

        @Override
        public String toString() {
            return scope.code() + ":" + who + ":" + window.code() + ":" + begin;
        }
    }
}
