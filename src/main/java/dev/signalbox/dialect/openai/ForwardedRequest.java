package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.core.JsonToken;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Body.Member;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Forwarded;
import dev.signalbox.chat.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The caller's own request for an upstream of the same language: the caller's bytes, but for a few members. */
final class ForwardedRequest {

    static final String MAX_TOKENS = "max_tokens";
    static final String MAX_COMPLETION_TOKENS = "max_completion_tokens";
    static final String REQUIRED = "required";

    private static final String STREAM_OPTIONS = "stream_options";
    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");
    private static final byte[] INCLUDE_USAGE = ascii("{\"include_usage\":true}");

    private final Body body;
    private final Target target;
    private final Map<String, byte @Nullable []> changes = new LinkedHashMap<>();
    private final List<Unsaid> unsaid = new ArrayList<>(0);

    private ForwardedRequest(Body body, Target target) {
        this.body = body;
        this.target = target;
    }

    static Forwarded of(Body body, Target target) {
        var request = new ForwardedRequest(body, target);
        request.changes.put("model", Json.quoted(target.model()));
        request.stream();
        target.quirks().renamed().forEach(request::rename);
        target.defaults().forEach(request::byDefault);
        request.leaveOut();
        return new Forwarded(body.with(request.changes), request.unsaid);
    }

    private void leaveOut() {
        var quirks = target.quirks();
        ForwardedMessages.Edited messages = ForwardedMessages.of(body, quirks);
        if (messages.messages() != null) {
            changes.put("messages", messages.messages());
        }
        unsaid.addAll(messages.unsaid());
        for (String refused : quirks.refused()) {
            Member member = body.member(refused);
            if (member != null) {
                changes.put(refused, null);
                if (!isMeaningless(member)) {
                    unsaid.add(RequestEncoder.refused(refused, refused));
                }
            }
        }
        requiredTool(quirks.requiredTool());
        if (!quirks.formats().isEmpty() && body.has("response_format")) {
            format();
        }
    }

    /** Whether it asks for what happens anyway, or for what the gateway itself does. */
    private boolean isMeaningless(Member member) {
        if (member.name().equals(STREAM_OPTIONS)) {
            return true;
        }
        return switch (member.type()) {
            case VALUE_NULL, VALUE_FALSE -> true;
            case VALUE_NUMBER_INT ->
                member.name().equals("n") && new String(value(member), StandardCharsets.US_ASCII).equals("1");
            case START_OBJECT, START_ARRAY ->
                new String(value(member), StandardCharsets.UTF_8)
                                .replaceAll("\\s", "")
                                .length()
                        == 2;
            default -> false;
        };
    }

    private void requiredTool(String word) {
        Member choice = body.member("tool_choice");
        if (!word.equals(REQUIRED)
                && choice != null
                && choice.type() == JsonToken.VALUE_STRING
                && REQUIRED.equals(body.string("tool_choice"))) {
            changes.put("tool_choice", Json.quoted(word));
        }
    }

    private void format() {
        String type = body.tree().path("response_format").path("type").asText();
        if (!target.quirks().formats().contains(type)) {
            changes.put("response_format", null);
            unsaid.add(new Unsaid("response_format", "knows no answers of type " + type));
        }
    }

    private void stream() {
        if (target.stream() != body.bool("stream", false)) {
            changes.put("stream", target.stream() ? TRUE : FALSE);
        }
        if (!target.stream() || !target.quirks().usageInStream()) {
            return;
        }
        Member options = body.member(STREAM_OPTIONS);
        if (options == null || options.type() == JsonToken.VALUE_NULL) {
            changes.put(STREAM_OPTIONS, INCLUDE_USAGE);
        } else if (options.type() == JsonToken.START_OBJECT) {
            Body given = Body.parse(value(options));
            Member usage = given.member("include_usage");
            if (usage == null || usage.type() != JsonToken.VALUE_TRUE) {
                changes.put(STREAM_OPTIONS, given.with(Map.of("include_usage", TRUE)));
            }
        }
    }

    /** The member under the name that the upstream wants; what the caller gave under that name itself stands. */
    private void rename(String from, String to) {
        Member member = body.member(from);
        if (member == null || from.equals(to)) {
            return;
        }
        changes.put(from, null);
        if (member.type() != JsonToken.VALUE_NULL && !body.has(to)) {
            changes.put(to, value(member));
        }
    }

    private void byDefault(String name, Object value) {
        String wanted = target.quirks().renamed().getOrDefault(name, name);
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
