package dev.signalbox.chat;

/** The caller has hung up: nobody is told, and the ledger says 499. */
public final class CallerGone extends SignalboxException {

    private static final long serialVersionUID = 1;

    /** Says that it happened. */
    public CallerGone() {
        super(499, "caller_gone", "the caller has hung up", null);
    }
}
