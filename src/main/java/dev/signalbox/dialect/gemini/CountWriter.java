package dev.signalbox.dialect.gemini;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import org.jspecify.annotations.Nullable;

/** Writes a count of tokens; it is never streamed. */
final class CountWriter implements AnswerEncoder {

    private static final byte[] NOTHING = {};

    private long total;
    private byte @Nullable [] whole;

    @Override
    public byte[] event(ChatEvent event) {
        gather(event);
        return NOTHING;
    }

    @Override
    public void gather(ChatEvent event) {
        if (event instanceof ChatEvent.Wire wire) {
            whole = wire.data();
        } else if (event instanceof ChatEvent.Counted counted) {
            total = counted.tokens();
        }
    }

    @Override
    public byte[] plain() {
        byte[] passed = whole;
        return passed == null ? Json.bytes(Json.object().put("totalTokens", total)) : passed;
    }

    @Override
    public byte[] end(byte[] comment) {
        return plain();
    }

    @Override
    public byte[] broken(SignalboxException failure, byte[] comment) {
        return Json.bytes(GeminiErrors.body(failure));
    }

    @Override
    public byte[] keepAlive() {
        return NOTHING;
    }
}
