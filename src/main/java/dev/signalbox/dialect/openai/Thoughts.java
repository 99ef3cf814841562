package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.dialect.Members;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the model thought, as an assistant message of a request holds it: {@code signalbox_thinking} with its seals, or
 * else {@code reasoning_content} or {@code reasoning}, which have none.
 */
final class Thoughts {

    static final String SEALED = "signalbox_thinking";
    static final String PLAIN = "reasoning_content";
    static final String PLACE = "before_tool_call";

    static final String PLAIN_TOO = "reasoning";

    /** By the place among the tool calls; {@link #FIRST} is before the words. */
    private final Map<Integer, List<Part>> placed = new TreeMap<>();

    private static final int FIRST = -1;

    private Thoughts() {}

    static Thoughts of(Members message, List<Leftover> leftovers) {
        var thoughts = new Thoughts();
        JsonNode sealed = message.array(SEALED);
        if (sealed == null || sealed.isEmpty()) {
            thoughts.plain(message, leftovers);
            return thoughts;
        }
        message.take(PLAIN);
        message.take(PLAIN_TOO);
        for (int i = 0; i < sealed.size(); i++) {
            thoughts.sealed(Members.of(sealed.get(i), message.path(SEALED) + "[" + i + "]"), leftovers);
        }
        return thoughts;
    }

    private void plain(Members message, List<Leftover> leftovers) {
        String text = message.string(PLAIN);
        JsonNode too = message.take(PLAIN_TOO);
        if (text == null && too != null && too.isTextual()) {
            put(FIRST, new Part.Thinking(too.textValue(), null, null, message.path(PLAIN_TOO)));
        } else if (too != null && !too.asText().equals(text)) {
            message.leave(PLAIN_TOO, leftovers);
        }
        if (text != null && !text.isEmpty()) {
            put(FIRST, new Part.Thinking(text, null, null, message.path(PLAIN)));
        }
    }

    private void sealed(Members thought, List<Leftover> leftovers) {
        JsonNode place = thought.integer(PLACE);
        String origin = thought.string("origin");
        String data = thought.string("data");
        Part part = data == null
                ? thinking(thought, origin)
                : new Part.SealedThinking(data, origin == null ? "" : origin, thought.path());
        put(place == null ? FIRST : Math.max(0, place.asInt()), part);
        thought.take("index");
        thought.leaveTheRest(leftovers);
    }

    private static Part thinking(Members thought, @Nullable String origin) {
        String text = thought.string("text");
        return new Part.Thinking(text == null ? "" : text, thought.string("signature"), origin, thought.path());
    }

    private void put(int place, Part part) {
        placed.computeIfAbsent(place, _ -> new ArrayList<>(1)).add(part);
    }

    /** Those before the words. */
    List<Part> beforeWords() {
        return placed.getOrDefault(FIRST, List.of());
    }

    /** Those between the words, or the call before, and that call. */
    List<Part> beforeCall(int call) {
        return placed.getOrDefault(call, List.of());
    }

    /** Those after all calls. */
    List<Part> afterCalls(int calls) {
        var last = new ArrayList<Part>();
        placed.forEach((place, parts) -> {
            if (place >= calls) {
                last.addAll(parts);
            }
        });
        return last;
    }
}
