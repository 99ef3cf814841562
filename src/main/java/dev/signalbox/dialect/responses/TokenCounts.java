package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import org.jspecify.annotations.Nullable;

/** The {@code usage} object: cached tokens stand inside the input, thinking inside the output. */
final class TokenCounts {

    /** More than this is no count of tokens, and would not fit into money. */
    private static final long MOST = Integer.MAX_VALUE;

    private TokenCounts() {}

    /** Reads one; null when it holds no counts. */
    static @Nullable Usage read(JsonNode usage) {
        if (!usage.path("input_tokens").isNumber()
                && !usage.path("output_tokens").isNumber()) {
            return null;
        }
        JsonNode input = usage.path("input_tokens_details");
        return Usage.inclusive(
                count(usage.path("input_tokens")),
                count(input.path("cached_tokens")),
                count(input.path("cache_write_tokens")),
                count(usage.path("output_tokens")),
                count(usage.path("output_tokens_details").path("reasoning_tokens")));
    }

    private static long count(JsonNode node) {
        double value = node.isNumber() ? node.doubleValue() : 0;
        return value >= 0 ? (long) Math.min(value, MOST) : 0;
    }

    static ObjectNode write(Usage usage) {
        ObjectNode object = Json.object();
        object.put("input_tokens", usage.prompt());
        object.putObject("input_tokens_details")
                .put("cached_tokens", usage.cacheRead())
                .put("cache_write_tokens", usage.cacheWrite());
        object.put("output_tokens", usage.completion());
        object.putObject("output_tokens_details").put("reasoning_tokens", usage.reasoning());
        object.put("total_tokens", usage.prompt() + usage.completion());
        return object;
    }
}
