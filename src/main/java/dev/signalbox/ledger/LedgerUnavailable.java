package dev.signalbox.ledger;

import dev.signalbox.chat.SignalboxException;

/** 503 {@code ledger_unavailable}: the journal cannot be written, so nothing may be spent. */
public final class LedgerUnavailable extends SignalboxException {

    private static final long serialVersionUID = 1;

    /**
     * @param why what the journal says
     */
    public LedgerUnavailable(String why) {
        super(503, "ledger_unavailable", "the ledger's journal cannot be written: " + why, null);
    }
}
