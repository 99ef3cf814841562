package dev.signalbox.strategy;

import org.jspecify.annotations.Nullable;

/** What a caller does not want with any strategy. */
public enum Ceiling {
    /** Predicted above {@code x-signalbox-max-cost}, or of unknown price, which nobody can promise to be below. */
    COST,
    /** Configured below {@code x-signalbox-quality}. */
    QUALITY;

    /** Why a candidate is out of the question; null when it is not. */
    public static @Nullable Ceiling against(Ask ask, Candidate candidate) {
        Long most = ask.maxCost();
        Long cost = candidate.predictedCost();
        if (most != null && (cost == null || cost > most)) {
            return COST;
        }
        Quality minimum = ask.minimum();
        return minimum != null && !minimum.isMetBy(candidate.profile().quality()) ? QUALITY : null;
    }
}
