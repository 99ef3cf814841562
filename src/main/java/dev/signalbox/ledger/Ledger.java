package dev.signalbox.ledger;

/** Where intents and rows are written; both calls return when the bytes would survive the death of this process. */
public interface Ledger {

    /**
     * Before the first dispatch of an exchange.
     *
     * @throws LedgerUnavailable when the journal cannot take more
     */
    void intend(Intent intent);

    /**
     * Before the end of the answer is sent. The space for it was set aside by {@link #intend}.
     *
     * @throws LedgerUnavailable when there was no intent, thus nothing was spent, and the journal cannot take more
     */
    void settle(Entry entry);

    /** Whether the journal can be written, for readiness. */
    boolean isWritable();
}
