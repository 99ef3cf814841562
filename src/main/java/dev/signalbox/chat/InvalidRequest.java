package dev.signalbox.chat;

import org.jspecify.annotations.Nullable;

/** 400 {@code invalid_request}: the caller's request is malformed; the message names the field. */
public final class InvalidRequest extends SignalboxException {

    private static final long serialVersionUID = 1;

    /**
     * @param message what is wrong, naming the field
     * @param param the path of the field, such as {@code messages[1].content}, or null when there is none
     */
    public InvalidRequest(String message, @Nullable String param) {
        super(400, "invalid_request", message, param);
    }
}
