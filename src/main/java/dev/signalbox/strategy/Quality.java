package dev.signalbox.strategy;

/** How good answers are expected to be: names for numbers from 0 to 1. */
public enum Quality {
    /** 0.25; as a minimum it keeps nobody out. */
    LOW(0.25, 0),
    /** 0.5. */
    MEDIUM(0.5, 0.5),
    /** 0.75. */
    HIGH(0.75, 0.75);

    private final double value;
    private final double least;

    Quality(double value, double least) {
        this.value = value;
        this.least = least;
    }

    /** What a provider of this quality counts as. */
    public double value() {
        return value;
    }

    /** Whether a configured quality is at least this. */
    public boolean isMetBy(double configured) {
        return configured >= least;
    }
}
