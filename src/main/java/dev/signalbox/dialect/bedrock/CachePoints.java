package dev.signalbox.dialect.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.dialect.Disclosure;
import org.jspecify.annotations.Nullable;

/**
 * Marks for the prompt cache, which stand behind what they mark as a block of their own.
 *
 * @see <a href="https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html">Prompt caching</a>
 */
final class CachePoints {

    private final Family family;
    private final Disclosure disclosure;

    CachePoints(Family family, Disclosure disclosure) {
        this.family = family;
        this.disclosure = disclosure;
    }

    /**
     * The block for a mark; null when there is none, or none can be said.
     *
     * @param mark as Anthropic's {@code cache_control}
     * @param where {@code system}, {@code messages} or {@code tools}
     * @param path of what is marked
     */
    @Nullable ObjectNode point(@Nullable JsonNode mark, String where, String path) {
        if (mark == null || mark.isNull()) {
            return null;
        }
        if (!family.cachePoints().contains(where)) {
            disclosure.hint(path + ".cache_control", "takes no cache marks there");
            return null;
        }
        ObjectNode block = Json.object();
        ObjectNode point = block.putObject("cachePoint").put("type", "default");
        String lifetime = mark.path("ttl").asText();
        if (family.longCache() && (lifetime.equals("1h") || lifetime.equals("5m"))) {
            point.put("ttl", lifetime);
        } else if (!lifetime.isEmpty() && !lifetime.equals("5m")) {
            disclosure.hint(path + ".cache_control.ttl", "keeps its prompt cache for five minutes");
        }
        return block;
    }
}
