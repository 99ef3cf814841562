package dev.signalbox.strategy;

import java.util.List;

/** The order in which candidates are tried for one request. */
@FunctionalInterface
public interface Strategy {

    /**
     * The same candidates, the first to be tried first; of those that are equal, the one that is configured first.
     *
     * @param candidates in configured order
     * @param memory what strategies that take turns remember of this model, and where chance comes from
     */
    Order order(Ask ask, List<Candidate> candidates, Memory memory);

    /** Whether it looks at what a request costs, for which its tokens have to be counted first. */
    default boolean weighsTokens() {
        return false;
    }

    /** Whether it looks at what was sent where before. */
    default boolean looksAtPrefixes() {
        return false;
    }
}
