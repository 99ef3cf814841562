package dev.signalbox.upstream;

/** What one replica has learned of an upstream, for the others. Nothing here is secret. */
public sealed interface Hint {

    /**
     * A credential rests.
     *
     * @param provider whose it is
     * @param credential how {@link Credentials} call it
     * @param isRejected whether it was rejected; otherwise the vendor has had enough of it for now, or its money is used up
     */
    record Rest(String provider, String credential, boolean isRejected) implements Hint {}

    /**
     * A deployment is not well.
     *
     * @param deployment its id
     * @param trouble what is wrong
     */
    record Unwell(String deployment, Trouble trouble) implements Hint {}

    /** What can be wrong with a deployment. */
    enum Trouble {
        /** Its circuit has opened. */
        CIRCUIT("its circuit is open at another replica"),
        /** The vendor says that it is not there. */
        MISSING("it is misconfigured, says another replica");

        private final String inWords;

        Trouble(String inWords) {
            this.inWords = inWords;
        }

        String inWords() {
            return inWords;
        }
    }
}
