package dev.signalbox.api.openai;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.signalbox.api.Reading.Fit;
import dev.signalbox.chat.Body;
import java.util.Set;

/**
 * How well bodies fit this door's operations. Three of OpenAI's operations ask with {@code input}: those items are messages in
 * responses, texts or tokens in embeddings, texts or parts in moderations; where that leaves a doubt, the model decides.
 */
final class Likeness {

    private static final Set<String> OF_EMBEDDINGS = Set.of("encoding_format", "dimensions");
    private static final Set<String> OF_MODERATIONS = Set.of("model", "input");

    private Likeness() {}

    static Fit chat(Body body) {
        return body.member("messages") == null ? Fit.NONE : Fit.LIKELY;
    }

    static Fit completion(Body body) {
        Body.Member prompt = body.member("prompt");
        return prompt == null || prompt.type() == JsonToken.START_OBJECT ? Fit.NONE : Fit.LIKELY;
    }

    static Fit embeddings(Body body) {
        if (body.member("input") == null) {
            return Fit.NONE;
        }
        if (OF_EMBEDDINGS.stream().anyMatch(body::has)) {
            return Fit.CERTAIN;
        }
        return first(body).isObject() ? Fit.POSSIBLE : Fit.LIKELY;
    }

    static Fit moderation(Body body) {
        JsonNode first = first(body);
        if (body.member("input") == null || first.isNumber() || first.isArray()) {
            return Fit.NONE;
        }
        for (Body.Member member : body.members()) {
            if (!OF_MODERATIONS.contains(member.name())) {
                return Fit.NONE;
            }
        }
        if (!body.has("model")) {
            return Fit.CERTAIN;
        }
        return first.isObject() && (first.has("role") || !isPart(first)) ? Fit.NONE : Fit.LIKELY;
    }

    private static boolean isPart(JsonNode item) {
        String type = item.path("type").asText();
        return type.equals("text") || type.equals("image_url");
    }

    /** The first of what is given; missing when that is one text, or nothing. */
    private static JsonNode first(Body body) {
        Body.Member input = body.member("input");
        return input != null && input.type() == JsonToken.START_ARRAY
                ? body.tree().path("input").path(0)
                : MissingNode.getInstance();
    }
}
