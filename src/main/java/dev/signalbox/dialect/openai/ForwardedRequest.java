package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.core.JsonToken;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Body.Member;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The caller's own request for an upstream of the same language: the caller's bytes, but for a few top-level members. */
final class ForwardedRequest {

    static final String MAX_TOKENS = "max_tokens";
    static final String MAX_COMPLETION_TOKENS = "max_completion_tokens";

    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");
    private static final byte[] INCLUDE_USAGE = ascii("{\"include_usage\":true}");

    private final Body body;
    private final Target target;
    private final Map<String, byte @Nullable []> changes = new LinkedHashMap<>();

    private ForwardedRequest(Body body, Target target) {
        this.body = body;
        this.target = target;
    }

    static byte[] of(Body body, Target target) {
        var request = new ForwardedRequest(body, target);
        request.changes.put("model", Json.quoted(target.model()));
        request.stream();
        target.renamed().forEach(request::rename);
        target.defaults().forEach(request::byDefault);
        return body.with(request.changes);
    }

    private void stream() {
        if (target.stream() != body.bool("stream", false)) {
            changes.put("stream", target.stream() ? TRUE : FALSE);
        }
        if (!target.stream() || !target.usageInStream()) {
            return;
        }
        Member options = body.member("stream_options");
        if (options == null || options.type() == JsonToken.VALUE_NULL) {
            changes.put("stream_options", INCLUDE_USAGE);
        } else if (options.type() == JsonToken.START_OBJECT) {
            Body given = Body.parse(value(options));
            Member usage = given.member("include_usage");
            if (usage == null || usage.type() != JsonToken.VALUE_TRUE) {
                changes.put("stream_options", given.with(Map.of("include_usage", TRUE)));
            }
        }
    }

    /** The member under the name that the upstream wants; what the caller gave under that name itself stands. */
    private void rename(String from, String to) {
        Member member = body.member(from);
        if (member == null) {
            return;
        }
        changes.put(from, null);
        if (member.type() != JsonToken.VALUE_NULL && !body.has(to)) {
            changes.put(to, value(member));
        }
    }

    private void byDefault(String name, Object value) {
        String wanted = target.renamed().getOrDefault(name, name);
        if (!isGiven(name) && !isGiven(wanted)) {
            changes.put(wanted, Json.bytes(Json.mapper().valueToTree(value)));
        }
    }

    private boolean isGiven(String name) {
        return switch (name) {
            case MAX_TOKENS, MAX_COMPLETION_TOKENS -> body.has(MAX_TOKENS) || body.has(MAX_COMPLETION_TOKENS);
            default -> body.has(name);
        };
    }

    private byte[] value(Member member) {
        return Arrays.copyOfRange(body.bytes(), member.start(), member.end());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
