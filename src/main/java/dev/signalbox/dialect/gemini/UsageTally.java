package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import java.io.IOException;

/**
 * The tokens of one answer as they become known. Every {@code usageMetadata} counts from the beginning, so a later number
 * takes the place of an earlier one.
 *
 * <p>Cached tokens are inside of the prompt's, what tools of Google's own put in is beside them, and thoughts are beside
 * the candidates' tokens.
 *
 * @see <a href="https://ai.google.dev/api/generate-content#UsageMetadata">UsageMetadata</a>
 */
final class UsageTally {

    private long prompt;
    private long cached;
    private long tools;
    private long candidates = -1;
    private long thoughts;
    private long total;

    /** Takes a {@code usageMetadata} object. */
    void take(JsonNode usage) {
        usage.properties().forEach(field -> {
            JsonNode value = field.getValue();
            if (value.isIntegralNumber() && value.canConvertToLong()) {
                set(field.getKey(), value.longValue());
            }
        });
    }

    /** Takes the {@code usageMetadata} object at which the parser stands, and leaves it at the object's end. */
    void take(JsonParser usage) throws IOException {
        while (usage.nextToken() == JsonToken.FIELD_NAME) {
            String name = usage.currentName();
            if (usage.nextToken() == JsonToken.VALUE_NUMBER_INT) {
                if (usage.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
                    set(name, usage.getLongValue());
                }
            } else {
                usage.skipChildren();
            }
        }
    }

    private void set(String name, long count) {
        long tokens = Math.max(0, count);
        switch (name) {
            case "promptTokenCount" -> prompt = tokens;
            case "cachedContentTokenCount" -> cached = tokens;
            case "toolUsePromptTokenCount" -> tools = tokens;
            case "candidatesTokenCount" -> candidates = tokens;
            case "thoughtsTokenCount" -> thoughts = tokens;
            case "totalTokenCount" -> total = tokens;
            default -> {} // how the tokens above are made up
        }
    }

    /** The count so far, in buckets that do not overlap. */
    Usage usage() {
        long read = Math.min(cached, prompt);
        long said = candidates >= 0 ? candidates : Math.max(0, total - prompt - tools - thoughts);
        return new Usage(prompt - read + tools, read, 0, said, thoughts);
    }

    /** A count as a {@code usageMetadata} object. */
    static ObjectNode said(Usage usage) {
        ObjectNode said = Json.object().put("promptTokenCount", usage.prompt());
        if (usage.cacheRead() > 0) {
            said.put("cachedContentTokenCount", usage.cacheRead());
        }
        said.put("candidatesTokenCount", usage.output());
        if (usage.reasoning() > 0) {
            said.put("thoughtsTokenCount", usage.reasoning());
        }
        return said.put("totalTokenCount", usage.prompt() + usage.completion());
    }
}
