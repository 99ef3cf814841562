package dev.signalbox.limits;

/** Why a call was not let into a provider's {@link WaitingRoom}, or left it without a place. */
public final class NoPlace extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** What was in the way. */
    public enum Reason {
        /** As many wait already as may wait. */
        FULL,
        /** It waited for as long as it may. */
        WAITED_TOO_LONG
    }

    private final Reason reason;

    NoPlace(Reason reason) {
        super(
                switch (reason) {
                    case FULL -> "as many calls wait for this provider as may wait";
                    case WAITED_TOO_LONG -> "no place came free in time";
                },
                null,
                false,
                false);
        this.reason = reason;
    }

    /** What was in the way. */
    public Reason reason() {
        return reason;
    }
}
