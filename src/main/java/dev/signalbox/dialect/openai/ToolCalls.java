package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Puts the tool calls of one answer together, of which a stream sends fragments in any order. */
final class ToolCalls {

    private final List<Call> started = new ArrayList<>();
    private final Map<Integer, Call> byPlace = new HashMap<>();
    private String answerId = "";
    private boolean ended;

    private static final class Call {
        private String id = "";
        private String name = "";
        private final StringBuilder held = new StringBuilder();
        private int index = -1;
        private boolean hasArguments;
    }

    /** Calls without an id get one that is made of the answer's. */
    void answerIs(String id) {
        answerId = id;
    }

    /** Whether a tool was called. */
    boolean any() {
        return !started.isEmpty();
    }

    /** The array {@code tool_calls} of a message or a delta; a fragment that does not say its place is at its own. */
    void fragments(JsonNode array, Consumer<ChatEvent> sink) {
        for (int i = 0; i < array.size(); i++) {
            JsonNode fragment = array.get(i);
            JsonNode place = fragment.path("index");
            fragment(place.isInt() ? place.intValue() : i, fragment, fragment.path("function"), sink);
        }
    }

    /**
     * A fragment of a call.
     *
     * @param function its name and a piece of its arguments
     */
    void fragment(int place, JsonNode fragment, JsonNode function, Consumer<ChatEvent> sink) {
        if (ended) {
            return;
        }
        String id = fragment.path("id").asText("");
        String name = function.path("name").asText("");
        Call call = byPlace.get(place);
        if (call == null || isAnother(call, id, name)) {
            call = new Call();
            byPlace.put(place, call);
        }
        if (call.id.isEmpty()) {
            call.id = id;
        }
        if (call.name.isEmpty()) {
            call.name = name;
        }
        JsonNode arguments = function.path("arguments");
        call.held.append(arguments.isContainerNode() ? Json.text(arguments) : arguments.asText(""));
        if (!call.name.isEmpty()) {
            send(call, sink);
        }
    }

    /** Some servers number every call 0 and tell them apart by their ids. */
    private static boolean isAnother(Call call, String id, String name) {
        return !id.isEmpty() && !name.isEmpty() && !call.id.isEmpty() && !id.equals(call.id);
    }

    private void send(Call call, Consumer<ChatEvent> sink) {
        if (call.index < 0) {
            call.index = started.size();
            started.add(call);
            sink.accept(new ChatEvent.ToolCallStarted(call.index, id(call), call.name));
        }
        if (!call.held.isEmpty()) {
            call.hasArguments |= !call.held.toString().isBlank();
            sink.accept(new ChatEvent.ToolCallArguments(call.index, call.held.toString()));
            call.held.setLength(0);
        }
    }

    private String id(Call call) {
        return call.id.isEmpty()
                ? "call_" + Integer.toUnsignedString((answerId + call.name).hashCode(), 36) + "_" + call.index
                : call.id;
    }

    /** No call goes on: those without arguments get an empty object, so that what they hold is JSON. */
    void end(Consumer<ChatEvent> sink) {
        if (ended) {
            return;
        }
        ended = true;
        for (Call call : started) {
            if (!call.hasArguments) {
                sink.accept(new ChatEvent.ToolCallArguments(call.index, "{}"));
            }
        }
    }
}
