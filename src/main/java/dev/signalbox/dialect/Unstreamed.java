package dev.signalbox.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import org.jspecify.annotations.Nullable;

/** Writes answers that are never streamed, or passes them on as they are; who asks for a stream gets all of it at its end. */
public abstract class Unstreamed implements AnswerEncoder {

    private static final byte[] NOTHING = {};

    private byte @Nullable [] whole;

    /** Takes an event of an answer that is not passed on as it is. */
    protected abstract void take(ChatEvent event);

    /** The answer, of everything that was taken. */
    protected abstract ObjectNode written();

    /** A failure in place of the answer. */
    protected abstract ObjectNode failed(SignalboxException failure);

    @Override
    public final byte[] event(ChatEvent event) {
        gather(event);
        return NOTHING;
    }

    @Override
    public final void gather(ChatEvent event) {
        if (event instanceof ChatEvent.Wire wire) {
            whole = wire.data();
        } else {
            take(event);
        }
    }

    @Override
    public final byte[] plain() {
        byte[] passed = whole;
        return passed == null ? Json.bytes(written()) : passed;
    }

    @Override
    public final byte[] end(byte[] comment) {
        return plain();
    }

    @Override
    public final byte[] broken(SignalboxException failure, byte[] comment) {
        return Json.bytes(failed(failure));
    }

    @Override
    public final byte[] keepAlive() {
        return NOTHING;
    }
}
