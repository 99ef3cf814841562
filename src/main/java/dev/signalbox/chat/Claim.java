package dev.signalbox.chat;

/**
 * Money that was set aside for one attempt, until it is known what the attempt has cost. Not for two threads.
 */
public interface Claim {

    /** Who is to be paid of it. */
    Trail.Served by();

    /** How many tokens of an answer it covers. */
    long mostOutput();

    /** Whether it is still set aside. */
    boolean isOpen();

    /**
     * That much is spent, and the rest goes back. Once it has gone back, what is spent after all is counted beside.
     *
     * @param picos in pico-dollars
     */
    void settle(long picos);

    /** Nothing was spent. */
    void giveBack();
}
