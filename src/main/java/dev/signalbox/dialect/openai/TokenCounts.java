package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** The {@code usage} object: cached tokens stand inside the prompt, thinking inside the completion. */
final class TokenCounts {

    /** More than this is no count of tokens, and would not fit into money. */
    private static final long MOST = Integer.MAX_VALUE;

    private static final long MISSING = -1;

    private long prompt = MISSING;
    private long completion = MISSING;
    private long total = MISSING;
    private long cacheRead;
    private long cacheWrite;
    private long reasoning;

    private TokenCounts() {}

    /** Reads the value at which the parser stands, to its end; null when it holds no counts. */
    static @Nullable Usage read(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return null;
        }
        var counts = new TokenCounts();
        counts.members(parser);
        return counts.usage();
    }

    /** Reads a tree; null when it holds no counts. */
    static @Nullable Usage read(JsonNode node) {
        if (!node.isObject()) {
            return null;
        }
        try (JsonParser parser = node.traverse()) {
            parser.nextToken();
            return read(parser);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void members(JsonParser parser) throws IOException {
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            switch (name) {
                case "prompt_tokens" -> prompt = count(parser);
                case "completion_tokens" -> completion = count(parser);
                case "total_tokens" -> total = count(parser);
                case "prompt_cache_hit_tokens", "cached_tokens" -> cacheRead = Math.max(cacheRead, count(parser));
                case "prompt_tokens_details", "completion_tokens_details" -> details(parser);
                default -> parser.skipChildren();
            }
        }
    }

    private void details(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            switch (name) {
                case "cached_tokens" -> cacheRead = Math.max(cacheRead, count(parser));
                case "cache_write_tokens" -> cacheWrite = Math.max(0, count(parser));
                case "reasoning_tokens" -> reasoning = Math.max(0, count(parser));
                default -> parser.skipChildren();
            }
        }
    }

    private static long count(JsonParser parser) throws IOException {
        if (!parser.currentToken().isNumeric()) {
            parser.skipChildren();
            return MISSING;
        }
        double value = parser.getDoubleValue();
        return value >= 0 ? (long) Math.min(value, MOST) : MISSING;
    }

    private @Nullable Usage usage() {
        if (prompt == MISSING && completion == MISSING && total == MISSING) {
            return null;
        }
        long asked = Math.max(0, prompt);
        long answered = completion == MISSING ? Math.max(0, total - asked) : completion;
        if (reasoning > 0 && total == asked + answered + reasoning) {
            answered += reasoning; // xAI counts thinking beside the completion
        }
        return Usage.inclusive(asked, cacheRead, cacheWrite, answered, reasoning);
    }

    /** The {@code usage} object of an answer. */
    static ObjectNode write(Usage usage) {
        ObjectNode object = Json.object();
        object.put("prompt_tokens", usage.prompt());
        object.put("completion_tokens", usage.completion());
        object.put("total_tokens", usage.prompt() + usage.completion());
        object.putObject("prompt_tokens_details").put("cached_tokens", usage.cacheRead());
        object.putObject("completion_tokens_details").put("reasoning_tokens", usage.reasoning());
        return object;
    }
}
