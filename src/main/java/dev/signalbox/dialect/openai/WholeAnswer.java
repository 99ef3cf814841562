package dev.signalbox.dialect.openai;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.SignalboxException;
import org.jspecify.annotations.Nullable;

/** Passes an answer on that is never streamed, as it is. */
class WholeAnswer implements AnswerEncoder {

    private byte @Nullable [] wire;

    @Override
    public byte[] event(ChatEvent event) {
        throw new IllegalStateException("such an answer is never streamed");
    }

    @Override
    public void gather(ChatEvent event) {
        if (event instanceof ChatEvent.Wire whole) {
            wire = whole.data();
        }
    }

    @Override
    public byte[] plain() {
        return wire == null ? new byte[] {'{', '}'} : wire;
    }

    @Override
    public byte[] end(byte[] comment) {
        throw new IllegalStateException("such an answer is never streamed");
    }

    @Override
    public byte[] broken(SignalboxException failure, byte[] comment) {
        throw new IllegalStateException("such an answer is never streamed");
    }

    @Override
    public byte[] keepAlive() {
        return new byte[0];
    }

    /** Whether there is an answer to be passed on. */
    boolean passes() {
        return wire != null;
    }
}
