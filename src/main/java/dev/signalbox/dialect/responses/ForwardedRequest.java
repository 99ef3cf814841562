package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Body.Member;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The caller's own request for an upstream of the same language: the caller's bytes, but for a few top-level members. */
final class ForwardedRequest {

    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");

    /** OpenAI refuses to be asked for sealed thoughts by a model that has none. */
    private static final Pattern THINKING = Pattern.compile("o[1-9](-.*)?|gpt-[5-9](?!.*-chat).*|gpt-oss.*|codex-.*");

    private static final Set<String> NOT_HERE = Set.of(
            "dimensions",
            "frequency_penalty",
            "logit_bias",
            "logprobs",
            "modalities",
            "n",
            "presence_penalty",
            "response_format",
            "seed",
            "stop",
            "verbosity");

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
        if (target.stream() != body.bool("stream", false)) {
            request.changes.put("stream", target.stream() ? TRUE : FALSE);
        }
        if (body.member("previous_response_id") != null) {
            request.changes.put("previous_response_id", null);
        }
        byte[] input = ForeignItems.withoutThem(body);
        if (input != null) {
            request.changes.put("input", input);
        }
        request.include();
        target.quirks().renamed().forEach(request::rename);
        target.withDefaults(ForwardedRequest::isKnownHere).defaults().forEach(request::byDefault);
        return body.with(request.changes);
    }

    /** Whether the gateway keeps the answer, so that a later request can go on from it. */
    static boolean isKept(Body body) {
        return body.bool("store", true);
    }

    /** Whether the caller wants to see the seals of thoughts. */
    static boolean wantsSeals(Body body) {
        return body.has("include") && contains(body.tree().path("include"));
    }

    private static boolean contains(JsonNode include) {
        for (JsonNode wish : include) {
            if (wish.asText().equals(RequestDecoder.SEALS)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the model can be asked to seal its thoughts. */
    static boolean thinks(String model, JsonNode reasoning) {
        String effort = reasoning.path("effort").asText("");
        boolean asked = (reasoning.isObject() && !reasoning.isEmpty())
                || THINKING.matcher(model).matches();
        return asked && !effort.equals("none");
    }

    /** What the gateway keeps must hold the thoughts, too. */
    private void include() {
        if (!isKept(body) || wantsSeals(body)) {
            return;
        }
        JsonNode reasoning = body.has("reasoning") ? body.tree().path("reasoning") : MissingNode.getInstance();
        if (!thinks(target.model(), reasoning)) {
            return;
        }
        JsonNode given = body.has("include") ? body.tree().path("include") : MissingNode.getInstance();
        if (given.isArray() || given.isMissingNode()) {
            ArrayNode include = Json.mapper().createArrayNode();
            given.forEach(include::add);
            changes.put("include", Json.bytes(include.add(RequestDecoder.SEALS)));
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
            changes.put(to, Arrays.copyOfRange(body.bytes(), member.start(), member.end()));
        }
    }

    /** Whether a default of that name can be said here: other endpoints know others, and what is not known is refused. */
    static boolean isKnownHere(String canonical) {
        return !NOT_HERE.contains(canonical);
    }

    /** The name that a setting has here. */
    static String ownName(String canonical) {
        return switch (canonical) {
            case "max_tokens", "max_completion_tokens" -> "max_output_tokens";
            default -> canonical;
        };
    }

    private void byDefault(String name, Object value) {
        if (name.equals("reasoning_effort")) {
            if (!body.has("reasoning")) {
                changes.put("reasoning", Json.bytes(Json.object().putPOJO("effort", value)));
            }
            return;
        }
        String own = ownName(name);
        String wanted = target.quirks().renamed().getOrDefault(own, own);
        if (!body.has(own) && !body.has(wanted)) {
            changes.put(wanted, Json.bytes(Json.mapper().valueToTree(value)));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
