package dev.signalbox.dialect.anthropic;

import java.util.HashMap;
import java.util.Map;

/**
 * The names of one request's tools as Anthropic takes them, and the way back. Most go {@linkplain AnthropicNames#tool there
 * and back by themselves}; for one that is too long a digest stands, which is remembered here.
 */
final class ToolNames {

    private final Map<String, String> own = new HashMap<>(0);

    /** The name as it is said to the vendor. */
    String said(String name) {
        String said = AnthropicNames.tool(name);
        if (said != null) {
            return said;
        }
        String digest = AnthropicNames.digested(name);
        own.put(digest, name);
        return digest;
    }

    /** The names that only this request knows, by what was said in their place. */
    Map<String, String> remembered() {
        return Map.copyOf(own);
    }
}
