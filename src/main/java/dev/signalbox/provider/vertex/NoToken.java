package dev.signalbox.provider.vertex;

import org.jspecify.annotations.Nullable;

/** No access token came. The message holds nothing of what was sent. */
class NoToken extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final @Nullable Integer status;

    /**
     * @param status what was answered; null when nothing was
     */
    NoToken(String message, @Nullable Integer status) {
        super(message, null, false, false);
        this.status = status;
    }

    /** What was answered; null when nothing was. */
    @Nullable Integer status() {
        return status;
    }

    /** The credentials are not good, and asking again will not make them so. */
    static final class Refused extends NoToken {

        private static final long serialVersionUID = 1;

        Refused(String message, int status) {
            super(message, status);
        }
    }
}
