package dev.signalbox.chat;

import org.jspecify.annotations.Nullable;

/**
 * How much a key or a team may use at most. A key in a team has two of them, and each holds by itself.
 *
 * @param holder whose it is
 * @param id the id of the key, or the name of the team
 * @param rates how fast
 * @param budget how much money; null: any amount
 */
public record Grant(
        Holder holder, String id, Rates rates, @Nullable Budget budget) {

    /** Who can have such limits. */
    public enum Holder {
        /** One virtual key. */
        KEY,
        /** All keys of a team together. */
        TEAM;

        /** As it is told to callers. */
        public String word() {
            return this == KEY ? "key" : "team";
        }
    }

    /**
     * How fast. Every limit is at least 1.
     *
     * @param requestsPerMinute requests in any 60 seconds; null: any number
     * @param tokensPerMinute tokens of prompts and answers in any 60 seconds; null: any number
     * @param concurrent requests at the same time; null: any number
     */
    public record Rates(
            @Nullable Integer requestsPerMinute,
            @Nullable Long tokensPerMinute,
            @Nullable Integer concurrent) {

        /** As fast as one likes. */
        public static final Rates NONE = new Rates(null, null, null);

        /** Whether nothing is limited. */
        public boolean isUnlimited() {
            return requestsPerMinute == null && tokensPerMinute == null && concurrent == null;
        }
    }

    /**
     * How much money.
     *
     * @param limit pico-dollars in each window
     * @param window how long until it begins anew
     */
    public record Budget(long limit, Window window) {}

    /** The stretch of time, in UTC, that a budget is for. */
    public enum Window {
        /** From midnight to midnight. */
        DAY,
        /** From Monday to Monday. */
        WEEK,
        /** A month of the calendar. */
        MONTH,
        /** All time: it never begins anew. */
        TOTAL
    }
}
