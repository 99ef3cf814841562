package dev.signalbox.limits;

/** What one attempt has taken of a provider's requests and tokens of a minute. The first call of either method counts. */
public interface Taken {

    /** Of a provider without such limits. */
    Taken NOTHING = new Taken() {
        @Override
        public void settle(long actual) {
            // nobody counts
        }

        @Override
        public void giveBack() {
            // nobody counts
        }
    };

    /** It took so many tokens in truth. Without this call it took what was expected. */
    void settle(long actual);

    /** The attempt never reached the vendor: nothing was used. */
    void giveBack();
}
