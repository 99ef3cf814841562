package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import org.jspecify.annotations.Nullable;

/** Gathers what a model thinks with the seals of its vendor, for {@code signalbox_thinking} of an answer. */
final class SealedThoughts {

    private final ArrayNode thoughts = Json.mapper().createArrayNode();
    private final StringBuilder text = new StringBuilder();
    private boolean sealed;
    private boolean spoke;
    private int calls;
    private int place;
    private boolean interrupted;

    /** More thoughts. */
    void think(String delta) {
        if (interrupted) {
            endUnsealed();
            interrupted = false;
        }
        if (text.isEmpty()) {
            place = here();
        }
        text.append(delta);
    }

    /** The model said something else. */
    void speak() {
        spoke = true;
        interrupted = true;
    }

    /** The model called a tool. */
    void call() {
        calls++;
        interrupted = true;
    }

    /** The thoughts that came before are sealed. */
    void seal(String signature, String origin) {
        ObjectNode thought = add(text.isEmpty() ? here() : place).put("text", take());
        thought.put("signature", signature).put("origin", origin);
        sealed = true;
    }

    /** The vendor encrypted some thoughts. */
    void hidden(String data, String origin) {
        endUnsealed();
        add(here()).put("data", data).put("origin", origin);
        sealed = true;
    }

    private void endUnsealed() {
        if (!text.isEmpty()) {
            add(place).put("text", take());
        }
    }

    private String take() {
        String taken = text.toString();
        text.setLength(0);
        return taken;
    }

    /** Before the words, or before the call that comes next. */
    private int here() {
        return spoke || calls > 0 ? calls : -1;
    }

    private ObjectNode add(int where) {
        ObjectNode thought = thoughts.addObject();
        if (where >= 0) {
            thought.put(Thoughts.PLACE, where);
        }
        return thought;
    }

    /** Everything, when there was a seal; null when {@code reasoning_content} says it all. */
    @Nullable ArrayNode all() {
        if (!sealed) {
            return null;
        }
        endUnsealed();
        return thoughts;
    }
}
