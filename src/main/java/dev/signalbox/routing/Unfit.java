package dev.signalbox.routing;

/** What a model says does not go on with what was said before it. */
final class Unfit extends RuntimeException {

    private static final long serialVersionUID = 1;

    /**
     * @param message how so, without anything that was said
     */
    Unfit(String message) {
        super(message, null, false, false);
    }
}
