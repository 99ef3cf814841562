package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads a count of tokens, which costs none. */
final class CountReader implements AnswerDecoder {

    private final boolean passing;
    private boolean ended;

    /**
     * @param passing whether the caller speaks this language
     */
    CountReader(boolean passing) {
        this.passing = passing;
    }

    @Override
    public void answer(byte[] json, Consumer<ChatEvent> sink) {
        JsonNode answer;
        try {
            answer = Json.read(json);
        } catch (IOException e) {
            throw new BrokenAnswer("the answer is not JSON", null);
        }
        BrokenAnswer error = GeminiErrors.inAnswer(answer);
        if (error != null) {
            throw error;
        }
        Long total = total(answer);
        if (total == null) {
            throw new BrokenAnswer("the answer is no count of tokens", null);
        }
        ended = true;
        sink.accept(
                passing
                        ? new ChatEvent.Wire(null, json, true, Usage.NONE, null, 0, null, false)
                        : new ChatEvent.Counted(total, false));
    }

    private static @Nullable Long total(JsonNode answer) {
        JsonNode total = answer.path("totalTokens");
        return total.isIntegralNumber() && total.canConvertToLong() ? Math.max(0, total.longValue()) : null;
    }

    /** A count is never streamed; one that comes as an event is one nonetheless. */
    @Override
    public void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
        if (!ended) {
            answer(data, sink);
        }
    }

    @Override
    public boolean ended() {
        return ended;
    }
}
