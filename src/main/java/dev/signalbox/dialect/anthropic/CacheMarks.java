package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.dialect.Disclosure;
import org.jspecify.annotations.Nullable;

/**
 * Marks for the prompt cache, of which a request may hold four; further ones are left out, in the order in which the vendor
 * reads a request: tools, system, messages.
 *
 * @see <a href="https://platform.claude.com/docs/en/build-with-claude/prompt-caching">Prompt caching</a>
 */
final class CacheMarks {

    private static final int MOST = 4;

    private final Disclosure disclosure;
    private int set;

    CacheMarks(Disclosure disclosure) {
        this.disclosure = disclosure;
    }

    /**
     * Sets the mark, if there is one, and room for it.
     *
     * @param path where what is marked stands in the caller's body
     */
    ObjectNode mark(ObjectNode block, @Nullable JsonNode mark, String path) {
        if (mark == null || mark.isNull()) {
            return block;
        }
        if (set == MOST) {
            disclosure.hint(path + ".cache_control", "takes no more than four marks for the prompt cache");
            return block;
        }
        set++;
        return block.set("cache_control", mark);
    }
}
