package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Reads a request that a text be gone on with. */
final class CompletionDecoder {

    private static final Predicate<JsonNode> FALSE = value -> value.isBoolean() && !value.booleanValue();

    /** Values that ask for what happens anyway. */
    private static final Map<String, Predicate<JsonNode>> MEANINGLESS = Map.of(
            "echo", FALSE,
            "best_of", value -> value.asInt() == 1,
            "suffix", value -> value.isTextual() && value.asText().isEmpty(),
            "logit_bias", value -> value.isObject() && value.isEmpty());

    private final ObjectNode body;

    CompletionDecoder(ObjectNode body) {
        this.body = body;
    }

    /** Settings are read as those of a chat with the text as its only message. */
    Prompt decode() {
        ObjectNode rest = body.deepCopy();
        JsonNode prompt = rest.remove("prompt");
        Part text = text(prompt);
        MEANINGLESS.forEach((name, meaningless) -> {
            JsonNode value = rest.get(name);
            if (value != null && meaningless.test(value)) {
                rest.remove(name);
            }
        });
        return RequestDecoder.around(rest, List.of(new Message(Role.USER, List.of(text), text.path())));
    }

    private static Part text(JsonNode prompt) {
        if (prompt != null && prompt.isTextual()) {
            return new Part.Text(prompt.textValue(), null, "prompt");
        }
        if (prompt != null && prompt.size() == 1 && prompt.path(0).isTextual()) {
            return new Part.Text(prompt.path(0).textValue(), null, "prompt[0]");
        }
        throw new InvalidRequest(
                "'prompt' must be one text for models that only talk: several, and tokens, are for models"
                        + " behind /completions",
                "prompt");
    }
}
