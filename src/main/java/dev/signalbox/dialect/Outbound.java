package dev.signalbox.dialect;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Forwarded;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.SignalboxException;

/**
 * A language that upstreams are asked in and nobody calls the gateway in: there is no door for it, so that a caller's side of
 * it is never reached.
 */
public abstract class Outbound implements Dialect {

    @Override
    public final Prompt decode(Body body) {
        throw nobody();
    }

    @Override
    public final Forwarded forward(Body body, Target target) {
        throw nobody();
    }

    @Override
    public final AnswerDecoder passing(boolean usageWanted) {
        throw nobody();
    }

    @Override
    public final AnswerEncoder encoder(AnswerForm form) {
        throw nobody();
    }

    @Override
    public final byte[] error(SignalboxException failure) {
        throw nobody();
    }

    private IllegalStateException nobody() {
        return new IllegalStateException("no caller speaks " + id());
    }
}
