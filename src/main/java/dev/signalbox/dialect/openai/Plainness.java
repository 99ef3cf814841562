package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.dialect.Rereading;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether somebody else could go on with a stream: one choice, of words, thoughts and calls alone, and its calls numbered as
 * this gateway numbers them.
 */
final class Plainness implements Rereading.Readable {

    private static final Set<String> DELTA =
            Set.of("role", "content", "reasoning_content", "reasoning", "refusal", "tool_calls", "function_call");

    private int calls;

    @Override
    public boolean test(@Nullable String name, JsonNode chunk) {
        JsonNode choices = chunk.path("choices");
        if (choices.isEmpty()) {
            return true;
        }
        JsonNode choice = choices.path(0);
        JsonNode delta = choice.path("delta");
        return choices.size() == 1
                && choice.path("index").asInt(0) == 0
                && !choice.hasNonNull("logprobs")
                && !choice.hasNonNull("text")
                && Rereading.hasOnly(delta, DELTA)
                && !delta.path("content").isContainerNode()
                && areInOrder(delta.path("tool_calls"));
    }

    private boolean areInOrder(JsonNode fragments) {
        for (JsonNode fragment : fragments) {
            JsonNode place = fragment.path("index");
            boolean begins = !fragment.path("function").path("name").asText("").isEmpty();
            if (!place.isInt() || (begins ? place.intValue() != calls : place.intValue() >= calls)) {
                return false;
            }
            calls += begins ? 1 : 0;
        }
        return true;
    }
}
