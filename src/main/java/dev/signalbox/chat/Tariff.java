package dev.signalbox.chat;

import java.time.Instant;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a deployment's tokens cost, whenever they are used and however long the prompt is. Most tariffs are one {@link Price};
 * vendors also change prices on a day, ask less at night, or more for all tokens of a long prompt.
 *
 * @param periods at least one; of those that hold the last one is in force, and when none does, the first
 */
public record Tariff(List<Period> periods) {

    public Tariff {
        periods = List.copyOf(periods);
        if (periods.isEmpty()) {
            throw new IllegalArgumentException("a tariff has a price");
        }
    }

    /** The same price always. */
    public static Tariff of(Price price) {
        return new Tariff(List.of(new Period(null, null, price, List.of())));
    }

    /**
     * What holds for some time.
     *
     * @param from since when; null: always
     * @param daily at which hours; null: at all
     * @param price for prompts of the usual length
     * @param above for longer prompts, the lowest bound first
     */
    public record Period(@Nullable Instant from, @Nullable Hours daily, Price price, List<Step> above) {

        public Period {
            above = List.copyOf(above);
        }

        private boolean holds(Instant time) {
            return (from == null || !time.isBefore(from)) && (daily == null || daily.hold(time));
        }

        private Price price(long promptTokens) {
            Price found = price;
            for (int i = 0; i < above.size() && promptTokens > above.get(i).tokens(); i++) {
                found = above.get(i).price();
            }
            return found;
        }
    }

    /**
     * Some hours of every day, in UTC.
     *
     * @param begin the first moment
     * @param end the first moment after; before {@code begin} when midnight lies between them
     */
    public record Hours(LocalTime begin, LocalTime end) {

        private static final int DAY = 86_400;

        private boolean hold(Instant time) {
            long second = Math.floorMod(time.getEpochSecond(), (long) DAY);
            boolean begun = second >= begin.toSecondOfDay();
            boolean over = second >= end.toSecondOfDay();
            return end.isBefore(begin) ? begun || !over : begun && !over;
        }
    }

    /**
     * What all tokens of an answer cost when its prompt is long.
     *
     * @param tokens prompts of more than so many
     */
    public record Step(long tokens, Price price) {}

    /**
     * The price in force.
     *
     * @param time when the request came
     * @param promptTokens of its whole prompt, cached or not
     */
    public Price at(Instant time, long promptTokens) {
        return period(time).price(promptTokens);
    }

    private Period period(Instant time) {
        for (int i = periods.size() - 1; i > 0; i--) {
            if (periods.get(i).holds(time)) {
                return periods.get(i);
            }
        }
        return periods.getFirst();
    }

    /**
     * Every price that can be in force then for prompts of at most so many tokens.
     *
     * @param time when the request came
     * @param promptTokens of its whole prompt, at most
     */
    public List<Price> upTo(Instant time, long promptTokens) {
        Period period = period(time);
        if (period.above().isEmpty()) {
            return List.of(period.price());
        }
        List<Price> prices = new ArrayList<>();
        prices.add(period.price());
        for (Step step : period.above()) {
            if (promptTokens > step.tokens()) {
                prices.add(step.price());
            }
        }
        return prices;
    }
}
