package dev.signalbox.ledger;

/** A sink was reached and will never take these rows as they are. */
public final class RowsRefused extends Exception {

    private static final long serialVersionUID = 1;

    /**
     * @param why what the sink says
     */
    public RowsRefused(String why, Throwable cause) {
        super(why, cause);
    }
}
