package dev.signalbox.ledger;

/** A place that the ledger's rows are brought to from the journal: at least once each, so it has to know an id again. */
public interface LedgerSink {

    /** What it is called in the checkpoint and in logs; one word. */
    String name();

    /** Whether this gateway is configured to have it. */
    boolean isActive();

    /** Whether it makes sense to try; false while it is being started. */
    default boolean isReady() {
        return true;
    }

    /** Whether this is the store, where operators read rows; without one the newest are kept in memory. */
    default boolean isStore() {
        return false;
    }

    /**
     * Brings rows there and returns when they are there to stay; rows it has already are left as they are. Called by one
     * thread, which may be kept waiting.
     *
     * @throws RowsRefused when it was reached and will never take these rows as they are
     * @throws Exception when it cannot be reached now; the same rows will come again
     */
    void write(Rows rows) throws Exception;
}
