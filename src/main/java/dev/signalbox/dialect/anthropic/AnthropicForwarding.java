package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The caller's own body for an upstream of the same language. */
final class AnthropicForwarding {

    private AnthropicForwarding() {}

    /** A request for a message: the model's name, the defaults that the caller leaves open, and no foreign seals. */
    static byte[] message(Body body, Target target) {
        Map<String, byte @Nullable []> changes = changes(body, target);
        AnthropicDefaults.of(target).forEach((name, value) -> {
            if (!body.has(name)) {
                changes.put(name, Json.bytes(value));
            }
        });
        Integer most = target.maxOutputTokens();
        if (most != null && !body.has("max_tokens")) {
            changes.putIfAbsent("max_tokens", most.toString().getBytes(StandardCharsets.US_ASCII));
        }
        return body.with(changes);
    }

    /** A request for a count, which has no defaults. */
    static byte[] count(Body body, Target target) {
        return body.with(changes(body, target));
    }

    private static Map<String, byte @Nullable []> changes(Body body, Target target) {
        Map<String, byte @Nullable []> changes = new LinkedHashMap<>();
        changes.put("model", Json.quoted(target.model()));
        if (Seal.mayBeIn(body.bytes()) && body.tree().get("messages") instanceof ArrayNode messages) {
            changes.put("messages", Json.bytes(Seal.withoutForeign(messages)));
        }
        return changes;
    }
}
