package dev.signalbox.chat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object as it came over the wire, with the place of each of its top-level members.
 *
 * <p>The bytes are kept: a body that goes on in the same dialect is cut and joined, never parsed into a tree and printed
 * again, so that every field the gateway does not know, and every number, passes as it was written. The {@linkplain
 * #tree() tree} is made only for those who translate.
 */
public final class Body {

    /** Where a member stands: {@code key} is the offset of its opening quote, {@code [start, end)} its value. */
    public record Member(String name, JsonToken type, int key, int start, int end) {}

    private final byte[] bytes;
    private final Map<String, Member> members;
    private @Nullable ObjectNode tree;

    private Body(byte[] bytes, Map<String, Member> members) {
        this.bytes = bytes;
        this.members = members;
    }

    /**
     * Finds the members of a JSON object.
     *
     * @throws InvalidRequest when the bytes are not one JSON object in UTF-8, or a top-level name stands twice
     */
    public static Body parse(byte[] bytes) {
        refuseOtherEncodings(bytes);
        Map<String, Member> members = new LinkedHashMap<>(16);
        try (JsonParser parser = Json.FACTORY.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new InvalidRequest("the body must be a JSON object", null);
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                Member member = member(parser);
                if (members.put(member.name(), member) != null) {
                    throw new InvalidRequest("'" + member.name() + "' stands twice in the body", member.name());
                }
            }
            if (parser.nextToken() != null) {
                throw new InvalidRequest("the body goes on after the end of its JSON object", null);
            }
        } catch (JsonProcessingException e) {
            throw new InvalidRequest("the body is not valid JSON: " + describe(e), null);
        } catch (IOException e) {
            throw new InvalidRequest("the body is not valid JSON in UTF-8", null);
        }
        return new Body(bytes, members);
    }

    private static void refuseOtherEncodings(byte[] bytes) {
        if (bytes.length == 0) {
            throw new InvalidRequest("the body is empty; a JSON object is expected", null);
        }
        if (bytes.length > 1
                && (bytes[0] == 0 || bytes[1] == 0 || bytes[0] == (byte) 0xFE || bytes[0] == (byte) 0xFF)) {
            throw new InvalidRequest("the body must be JSON in UTF-8", null);
        }
    }

    private static Member member(JsonParser parser) throws IOException {
        String name = parser.currentName();
        int key = (int) parser.currentTokenLocation().getByteOffset();
        JsonToken type = parser.nextToken();
        int start = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        return new Member(name, type, key, start, (int) parser.currentLocation().getByteOffset());
    }

    private static String describe(JsonProcessingException e) {
        var where = e.getLocation();
        return where == null
                ? e.getOriginalMessage()
                : "%s (line %d, column %d)".formatted(e.getOriginalMessage(), where.getLineNr(), where.getColumnNr());
    }

    /** The bytes as they came. */
    public byte[] bytes() {
        return bytes;
    }

    /** The top-level members in the order in which they were written. */
    public Iterable<Member> members() {
        return members.values();
    }

    /** The member of that name, unless it is missing. */
    public @Nullable Member member(String name) {
        return members.get(name);
    }

    /** Whether the member is there and not null. */
    public boolean has(String name) {
        Member member = members.get(name);
        return member != null && member.type() != JsonToken.VALUE_NULL;
    }

    /**
     * The text of a string member, null when it is missing or null.
     *
     * @throws InvalidRequest when it is something else
     */
    public @Nullable String string(String name) {
        Member member = members.get(name);
        if (member == null || member.type() == JsonToken.VALUE_NULL) {
            return null;
        }
        if (member.type() != JsonToken.VALUE_STRING) {
            throw new InvalidRequest("'" + name + "' must be a string", name);
        }
        return unquoted(member);
    }

    private String unquoted(Member member) {
        for (int i = member.start() + 1; i < member.end() - 1; i++) {
            if (bytes[i] == '\\') {
                return tree().path(member.name()).asText();
            }
        }
        return new String(bytes, member.start() + 1, member.end() - member.start() - 2, StandardCharsets.UTF_8);
    }

    /**
     * The value of a boolean member; {@code otherwise} when it is missing or null.
     *
     * @throws InvalidRequest when it is something else
     */
    public boolean bool(String name, boolean otherwise) {
        Member member = members.get(name);
        if (member == null || member.type() == JsonToken.VALUE_NULL) {
            return otherwise;
        }
        return switch (member.type()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw new InvalidRequest("'" + name + "' must be true or false", name);
        };
    }

    /** The whole body as a tree, made at the first call; treat it as read-only. */
    public ObjectNode tree() {
        ObjectNode made = tree;
        if (made == null) {
            try {
                made = (ObjectNode) Json.read(bytes);
            } catch (IOException e) {
                throw new InvalidRequest("the body is not valid JSON", null);
            }
            tree = made;
        }
        return made;
    }

    /**
     * The same object with some members changed: each entry of {@code changes} replaces, or at the end adds, a member by
     * raw JSON; a null value removes it. Everything else is copied byte for byte.
     */
    public byte[] with(Map<String, byte @Nullable []> changes) {
        byte[] joined = new byte[lengthWith(changes)];
        int at = 0;
        for (Member member : members.values()) {
            byte[] change = changes.get(member.name());
            if (change == null && changes.containsKey(member.name())) {
                continue;
            }
            joined[at++] = ',';
            int own = (change == null ? member.end() : member.start()) - member.key();
            System.arraycopy(bytes, member.key(), joined, at, own);
            at += own;
            at = append(joined, at, change);
        }
        for (Map.Entry<String, byte @Nullable []> change : changes.entrySet()) {
            byte[] value = change.getValue();
            if (value != null && !members.containsKey(change.getKey())) {
                joined[at++] = ',';
                at = append(joined, at, Json.quoted(change.getKey()));
                joined[at++] = ':';
                at = append(joined, at, value);
            }
        }
        joined[0] = '{';
        joined[joined.length - 1] = '}';
        return joined;
    }

    /** Each member has one byte before it, a comma or the opening brace. */
    private int lengthWith(Map<String, byte @Nullable []> changes) {
        int length = 1;
        for (Member member : members.values()) {
            byte[] change = changes.get(member.name());
            if (change != null) {
                length += 1 + member.start() - member.key() + change.length;
            } else if (!changes.containsKey(member.name())) {
                length += 1 + member.end() - member.key();
            }
        }
        for (Map.Entry<String, byte @Nullable []> change : changes.entrySet()) {
            byte[] value = change.getValue();
            if (value != null && !members.containsKey(change.getKey())) {
                length += 2 + Json.quoted(change.getKey()).length + value.length;
            }
        }
        return Math.max(length, 2);
    }

    private static int append(byte[] joined, int at, byte @Nullable [] more) {
        if (more == null) {
            return at;
        }
        System.arraycopy(more, 0, joined, at, more.length);
        return at + more.length;
    }
}
