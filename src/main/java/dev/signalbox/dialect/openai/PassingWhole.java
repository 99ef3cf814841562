package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.ChatEvent.Wire;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An answer that is never streamed and goes on in its own language: its bytes, its usage and its model. */
final class PassingWhole implements AnswerDecoder {

    private final String content;
    private boolean ended;

    /**
     * @param content the member without which it is no answer
     */
    PassingWhole(String content) {
        this.content = content;
    }

    @Override
    public void answer(byte[] json, Consumer<ChatEvent> sink) {
        Usage usage = null;
        String model = null;
        boolean answers = false;
        boolean error = false;
        try (JsonParser parser = Json.FACTORY.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw AnswerScan.notAnObject();
            }
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                JsonToken value = parser.nextToken();
                switch (name) {
                    case "usage" -> usage = TokenCounts.read(parser);
                    case "model" -> {
                        model = value == JsonToken.VALUE_STRING ? parser.getText() : null;
                        parser.skipChildren();
                    }
                    default -> {
                        answers |= name.equals(content) && value == JsonToken.START_ARRAY;
                        error |= name.equals("error") && value != JsonToken.VALUE_NULL;
                        parser.skipChildren();
                    }
                }
            }
            if (parser.nextToken() != null) {
                throw AnswerScan.notAnObject();
            }
        } catch (IOException e) {
            throw AnswerScan.notAnObject();
        }
        if (error) {
            throw UpstreamErrors.inPlaceOfAnAnswer(json);
        }
        if (!answers) {
            throw new BrokenAnswer("the upstream's answer has no array '" + content + "'", null);
        }
        ended = true;
        sink.accept(new Wire(null, json, true, usage, null, 0, model, false));
    }

    @Override
    public void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
        throw new BrokenAnswer("such an answer is never streamed", null);
    }

    @Override
    public boolean ended() {
        return ended;
    }
}
