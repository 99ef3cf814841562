package dev.signalbox.provider.vertex;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Prompt;
import dev.signalbox.dialect.gemini.GeminiCounting;
import java.util.List;

/**
 * Counting on Google Cloud, where what counts stands at the top and never in a request inside the request, so that not even
 * a caller of the Gemini API is passed through.
 *
 * @see <a href="https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/count-tokens">CountTokens API</a>
 */
final class VertexCounting extends VertexLanguage {

    private static final List<String> COUNTED = List.of("contents", "systemInstruction", "tools", "generationConfig");

    private final GeminiCounting google = GeminiCounting.flat();

    @Override
    public String id() {
        return "vertex-count";
    }

    @Override
    public Operation operation() {
        return Operation.COUNT_TOKENS;
    }

    @Override
    public Encoded encode(Prompt prompt, Target target) {
        Encoded whole = google.encode(prompt, target);
        ObjectNode body = Json.object();
        for (String field : COUNTED) {
            JsonNode value = whole.body().get(field);
            if (value != null) {
                body.set(field, value);
            }
        }
        return new Encoded(body, whole.unsaid(), whole.emulated());
    }

    @Override
    public AnswerDecoder decoder() {
        return google.decoder();
    }
}
