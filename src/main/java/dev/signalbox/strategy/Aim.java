package dev.signalbox.strategy;

/** What a caller wants {@code requirements} to look at. */
public enum Aim {
    /** A low cost. */
    COST,
    /** A short wait. */
    SPEED,
    /** A high success rate, which always counts. */
    RELIABILITY
}
