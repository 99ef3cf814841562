package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Body.Member;
import dev.signalbox.chat.Dialect.Quirks;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The caller's messages for an upstream of the same language that does not take all of them as they are: the caller's bytes,
 * but for single members. Whether there is anything to change is looked for in the bytes first, since there seldom is.
 */
final class ForwardedMessages {

    private static final String OF_MESSAGES = "messages.";
    private static final byte[] SYSTEM = Json.quoted("system");

    /** What can be left out of a message without the answer becoming another. */
    private static final Set<String> HINTS = Set.of(
            Thoughts.SEALED, Thoughts.PLAIN, Thoughts.PLAIN_TOO, "reasoning_details", "annotations", "cache_control");

    private final Quirks quirks;
    private final List<Unsaid> unsaid = new ArrayList<>(0);

    private ForwardedMessages(Quirks quirks) {
        this.quirks = quirks;
    }

    /** What is sent, null when that is what the caller wrote; and what is not. */
    record Edited(byte @Nullable [] messages, List<Unsaid> unsaid) {
        private static final Edited NOT = new Edited(null, List.of());
    }

    static Edited of(Body body, Quirks quirks) {
        Member member = body.member("messages");
        if (member == null || member.type() != JsonToken.START_ARRAY || !mayDiffer(body.bytes(), member, quirks)) {
            return Edited.NOT;
        }
        byte[] array = Arrays.copyOfRange(body.bytes(), member.start(), member.end());
        var messages = new ForwardedMessages(quirks);
        byte[] edited = elements(array, messages::message);
        return new Edited(edited, messages.unsaid);
    }

    private static boolean mayDiffer(byte[] bytes, Member member, Quirks quirks) {
        if (mentions(bytes, member, Thoughts.SEALED)
                || (!quirks.developers() && mentions(bytes, member, "developer"))
                || (quirks.toolCallIdLength() > 0 && mentions(bytes, member, "tool_call"))
                || (movesThoughts(quirks) && mentions(bytes, member, Thoughts.PLAIN))) {
            return true;
        }
        for (String refused : quirks.refused()) {
            if (isWorthLookingFor(refused, quirks)
                    && mentions(bytes, member, refused.substring(OF_MESSAGES.length()))) {
                return true;
            }
        }
        return false;
    }

    /** A name that holds another one need not be looked for: where that one is not, it is not either. */
    private static boolean isWorthLookingFor(String refused, Quirks quirks) {
        if (!refused.startsWith(OF_MESSAGES)) {
            return false;
        }
        for (String other : quirks.refused()) {
            if (other.length() < refused.length() && refused.startsWith(other)) {
                return false;
            }
        }
        return true;
    }

    private static boolean mentions(byte[] bytes, Member member, String word) {
        return Word.of(word).standsIn(bytes, member);
    }

    private static boolean movesThoughts(Quirks quirks) {
        return quirks.thoughts() == Quirks.Thoughts.REASONING;
    }

    /** The array with its objects changed; null when none was. */
    private static byte @Nullable [] elements(byte[] array, BiFunction<Integer, Body, byte @Nullable []> change) {
        var out = new ByteArrayOutputStream(array.length + 64);
        out.write('[');
        boolean changed = false;
        try (JsonParser parser = Json.FACTORY.createParser(array)) {
            parser.nextToken();
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                JsonToken type = parser.currentToken();
                int start = (int) parser.currentTokenLocation().getByteOffset();
                parser.skipChildren();
                parser.finishToken();
                byte[] element = Arrays.copyOfRange(
                        array, start, (int) parser.currentLocation().getByteOffset());
                byte[] edited = type == JsonToken.START_OBJECT ? change.apply(i, Body.parse(element)) : null;
                changed |= edited != null;
                if (i > 0) {
                    out.write(',');
                }
                out.writeBytes(edited == null ? element : edited);
            }
        } catch (IOException wasReadBefore) {
            return null;
        }
        out.write(']');
        return changed ? out.toByteArray() : null;
    }

    private byte @Nullable [] message(int index, Body message) {
        Map<String, byte @Nullable []> changes = new HashMap<>();
        String path = "messages[" + index + "].";
        leaveOut(Thoughts.SEALED, path, message, changes);
        if (movesThoughts(quirks) && message.has(Thoughts.PLAIN)) {
            thoughts(path, message, changes);
        }
        for (String refused : quirks.refused()) {
            if (refused.startsWith(OF_MESSAGES)) {
                leaveOut(refused.substring(OF_MESSAGES.length()), path, message, changes);
            }
        }
        if (!quirks.developers() && isText(message, "role") && "developer".equals(message.string("role"))) {
            changes.put("role", SYSTEM);
        }
        if (quirks.toolCallIdLength() > 0) {
            fitId("tool_call_id", message, changes);
            calls(message, changes);
        }
        return changes.isEmpty() ? null : message.with(changes);
    }

    private void leaveOut(String name, String path, Body message, Map<String, byte @Nullable []> changes) {
        if (message.member(name) == null || changes.containsKey(name)) {
            return;
        }
        changes.put(name, null);
        if (message.has(name) && !saysAgain(name, message)) {
            unsaid.add(
                    HINTS.contains(name)
                            ? Unsaid.hint(path + name, "takes no such field")
                            : new Unsaid(path + name, "takes no such field"));
        }
    }

    /** Whether it is the name beside a tool's result, which the call has too. */
    private static boolean saysAgain(String name, Body message) {
        return name.equals("name")
                && isText(message, "role")
                && "tool".equals(message.string("role"))
                && message.has("tool_call_id");
    }

    private void thoughts(String path, Body message, Map<String, byte @Nullable []> changes) {
        if (Boolean.FALSE.equals(quirks.thinks())) {
            leaveOut(Thoughts.PLAIN, path, message, changes);
        } else {
            changes.put(Thoughts.PLAIN, null);
            if (!message.has(Thoughts.PLAIN_TOO)) {
                changes.put(Thoughts.PLAIN_TOO, value(message, Thoughts.PLAIN));
            }
        }
    }

    private void calls(Body message, Map<String, byte @Nullable []> changes) {
        Member calls = message.member("tool_calls");
        if (calls == null || calls.type() != JsonToken.START_ARRAY) {
            return;
        }
        byte[] edited = elements(value(message, "tool_calls"), (_, call) -> {
            Map<String, byte @Nullable []> change = new HashMap<>();
            fitId("id", call, change);
            return change.isEmpty() ? null : call.with(change);
        });
        if (edited != null) {
            changes.put("tool_calls", edited);
        }
    }

    private void fitId(String name, Body object, Map<String, byte @Nullable []> changes) {
        String id = isText(object, name) ? object.string(name) : null;
        if (id != null && !ToolCallIds.fits(id, quirks.toolCallIdLength())) {
            changes.put(name, Json.quoted(ToolCallIds.fit(id, quirks.toolCallIdLength())));
        }
    }

    private static boolean isText(Body object, String name) {
        Member member = object.member(name);
        return member != null && member.type() == JsonToken.VALUE_STRING;
    }

    private static byte[] value(Body object, String name) {
        Member member = object.member(name);
        return member == null ? new byte[0] : Arrays.copyOfRange(object.bytes(), member.start(), member.end());
    }
}
