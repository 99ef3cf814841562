package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.dialect.Unstreamed;

/** Writes a count of tokens. */
final class CountWriter extends Unstreamed {

    private long total;

    @Override
    protected void take(ChatEvent event) {
        if (event instanceof ChatEvent.Counted counted) {
            total = counted.tokens();
        }
    }

    @Override
    protected ObjectNode written() {
        return Json.object().put("totalTokens", total);
    }

    @Override
    protected ObjectNode failed(SignalboxException failure) {
        return GeminiErrors.body(failure);
    }
}
