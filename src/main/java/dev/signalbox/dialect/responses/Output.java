package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Json;
import dev.signalbox.dialect.responses.OutputItem.Call;
import dev.signalbox.dialect.responses.OutputItem.Message;
import dev.signalbox.dialect.responses.OutputItem.Thoughts;
import dev.signalbox.dialect.responses.OutputItem.Whole;
import dev.signalbox.dialect.responses.OutputItem.Words;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The items of an answer, and the events that tell of them. One item is open at a time, but for calls: their arguments may
 * come in turns, so that a call stays open until they are whole.
 */
final class Output {

    private final String requestId;
    private final @Nullable Frames frames;
    private final List<OutputItem> items = new ArrayList<>(2);
    private final Map<Integer, Call> calls = new HashMap<>();
    private final List<Call> openCalls = new ArrayList<>(1);
    private final Map<String, String> closed = new HashMap<>();
    private @Nullable OutputItem open;
    private Set<String> endsTold = Set.of();

    /**
     * @param frames where events go; null when the answer is plain
     */
    Output(String requestId, @Nullable Frames frames) {
        this.requestId = requestId;
        this.frames = frames;
    }

    /**
     * Goes on where another has stopped.
     *
     * @param heard what was said, called and thought so far
     * @return whether it can
     */
    boolean goOn(PassedSoFar passed, List<ChatEvent> heard) {
        passed.done().forEach(item -> items.add(new Whole(item.path("id").asText(), item)));
        items.forEach(item -> closed.put(item.id(), "completed"));
        ObjectNode begun = passed.open();
        return begun == null || goOn(begun, passed, heard);
    }

    private boolean goOn(ObjectNode begun, PassedSoFar passed, List<ChatEvent> heard) {
        String id = begun.path("id").asText();
        Set<String> told = passed.told();
        switch (begun.path("type").asText()) {
            case "message" -> {
                Message message = new Message(id);
                String said = rest(heard, ChatEvent.Text.class, passed, "content");
                if (told.contains("response.content_part.added") || !said.isEmpty()) {
                    message.parts().add(new Words(false, new StringBuilder(said)));
                }
                items.add(message);
                open = message;
            }
            case "reasoning" -> {
                Thoughts thoughts = new Thoughts(id);
                thoughts.text().append(rest(heard, ChatEvent.Thinking.class, passed, "summary"));
                items.add(thoughts);
                open = thoughts;
            }
            case "function_call" -> {
                ChatEvent.ToolCallStarted last = null;
                StringBuilder arguments = new StringBuilder();
                for (ChatEvent event : heard) {
                    if (event instanceof ChatEvent.ToolCallStarted call) {
                        last = call;
                        arguments.setLength(0);
                    } else if (event instanceof ChatEvent.ToolCallArguments(var _, var delta)) {
                        arguments.append(delta);
                    }
                }
                if (last == null) {
                    return false;
                }
                Call call = new Call(id, last.id(), last.name(), arguments);
                calls.put(last.index(), call);
                openCalls.add(call);
                items.add(call);
            }
            default -> {
                return false;
            }
        }
        endsTold = told.stream().filter(name -> name.endsWith(".done")).collect(Collectors.toSet());
        if (!endsTold.isEmpty()) {
            OutputItem item = items.getLast();
            open = null;
            close(item, "completed");
            endsTold = Set.of();
        }
        return true;
    }

    /** What was heard of words or thoughts beyond what whole items hold of them. */
    private static String rest(
            List<ChatEvent> heard, Class<? extends ChatEvent> kind, PassedSoFar passed, String member) {
        StringBuilder all = new StringBuilder();
        for (ChatEvent event : heard) {
            if (kind.isInstance(event)) {
                all.append(event instanceof ChatEvent.Text(var words) ? words : "");
                all.append(event instanceof ChatEvent.Thinking(var words) ? words : "");
            }
        }
        int whole = 0;
        for (ObjectNode item : passed.done()) {
            for (JsonNode part : item.path(member)) {
                whole += part.path("text").asText("").length();
            }
        }
        return all.substring(Math.min(whole, all.length()));
    }

    /** Whether an event that ends a part of an item is still to be told. */
    private boolean isDue(String end) {
        return frames != null && !endsTold.contains(end);
    }

    /** Whether there is any refusal. */
    boolean refuses() {
        return items.stream()
                .anyMatch(item -> item instanceof Message message
                        && message.parts().stream().anyMatch(Words::refusal));
    }

    void text(String delta) {
        say(delta, false);
    }

    void refusal(String delta) {
        say(delta, true);
    }

    private void say(String delta, boolean refusal) {
        if (delta.isEmpty()) {
            return;
        }
        Message message = open instanceof Message already ? already : message();
        Words last = message.parts().isEmpty() ? null : message.parts().getLast();
        if (last == null || last.refusal() != refusal) {
            if (last != null) {
                endPart(message, last);
            }
            last = new Words(refusal, new StringBuilder());
            message.parts().add(last);
            if (frames != null) {
                part("response.content_part.added", message)
                        .put("part", last.json(""))
                        .end();
            }
        }
        last.text().append(delta);
        if (frames != null) {
            Frames event = part(refusal ? "response.refusal.delta" : "response.output_text.delta", message)
                    .put("delta", delta);
            (refusal ? event : event.put("logprobs", Json.mapper().createArrayNode())).end();
        }
    }

    private Message message() {
        closeOpen("completed");
        closeWholeCalls();
        var message = new Message(id("msg"));
        add(message);
        open = message;
        return message;
    }

    void thinking(String delta) {
        if (delta.isEmpty()) {
            return;
        }
        Thoughts thoughts = open instanceof Thoughts already ? already : thoughts();
        boolean first = thoughts.text().isEmpty();
        thoughts.text().append(delta);
        if (frames != null) {
            if (first) {
                summary("response.reasoning_summary_part.added", thoughts)
                        .put("part", Thoughts.part(""))
                        .end();
            }
            summary("response.reasoning_summary_text.delta", thoughts)
                    .put("delta", delta)
                    .end();
        }
    }

    private Thoughts thoughts() {
        closeOpen("completed");
        closeWholeCalls();
        var thoughts = new Thoughts(id("rs"));
        add(thoughts);
        open = thoughts;
        return thoughts;
    }

    /** Thoughts that are sealed are over. */
    void seal(Seal seal) {
        Thoughts thoughts = open instanceof Thoughts already && !seal.whole() ? already : thoughts();
        thoughts.seal(seal);
        closeOpen("completed");
    }

    void call(ChatEvent.ToolCallStarted started) {
        closeOpen("completed");
        closeWholeCalls();
        var call = new Call(id("fc"), started.id(), started.name(), new StringBuilder());
        calls.put(started.index(), call);
        openCalls.add(call);
        add(call);
    }

    void arguments(int index, String delta) {
        Call call = calls.get(index);
        if (call == null || delta.isEmpty() || !openCalls.contains(call)) {
            return;
        }
        call.arguments().append(delta);
        if (frames != null) {
            about("response.function_call_arguments.delta", call)
                    .put("delta", delta)
                    .end();
        }
    }

    /** Nothing more comes. */
    void end(boolean cut) {
        String status = cut ? "incomplete" : "completed";
        closeOpen(status);
        while (!openCalls.isEmpty()) {
            Call call = openCalls.getFirst();
            if (call.arguments().toString().isBlank() && !cut) {
                arguments(indexOf(call), "{}"); // clients parse what they hold
            }
            close(call, isWhole(call) ? "completed" : status);
        }
    }

    /** All items as JSON. */
    ArrayNode json(String openStatus) {
        ArrayNode array = Json.mapper().createArrayNode();
        for (OutputItem item : items) {
            array.add(item.json(closed.getOrDefault(item.id(), openStatus)));
        }
        return array;
    }

    private String id(String prefix) {
        return ItemIds.item(prefix, requestId, items.size());
    }

    private int indexOf(Call call) {
        return calls.entrySet().stream()
                .filter(entry -> entry.getValue().equals(call))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(-1);
    }

    private void add(OutputItem item) {
        items.add(item);
        if (frames != null) {
            frames.begin("response.output_item.added")
                    .put("output_index", items.size() - 1)
                    .put("item", item.json("in_progress"))
                    .end();
        }
    }

    private void closeOpen(String status) {
        OutputItem item = open;
        open = null;
        if (item != null) {
            close(item, status);
        }
    }

    /** Calls whose arguments are whole can get no more of them. */
    private void closeWholeCalls() {
        for (Call call : List.copyOf(openCalls)) {
            if (isWhole(call)) {
                close(call, "completed");
            }
        }
    }

    private static boolean isWhole(Call call) {
        try {
            return Json.read(call.arguments().toString()).isObject();
        } catch (IOException e) {
            return false;
        }
    }

    private void close(OutputItem item, String status) {
        closed.put(item.id(), status);
        switch (item) {
            case Whole _ -> {}
            case Message message -> {
                if (!message.parts().isEmpty()) {
                    endPart(message, message.parts().getLast());
                }
            }
            case Thoughts thoughts -> {
                if (!thoughts.text().isEmpty()) {
                    endSummary(thoughts);
                }
            }
            case Call call -> {
                openCalls.remove(call);
                if (isDue("response.function_call_arguments.done")) {
                    about("response.function_call_arguments.done", call)
                            .put("arguments", call.arguments().toString())
                            .put("name", call.name())
                            .end();
                }
            }
        }
        if (frames != null) {
            frames.begin("response.output_item.done")
                    .put("output_index", items.indexOf(item))
                    .put("item", item.json(status))
                    .end();
        }
    }

    private void endSummary(Thoughts thoughts) {
        String text = thoughts.text().toString();
        if (isDue("response.reasoning_summary_text.done")) {
            summary("response.reasoning_summary_text.done", thoughts)
                    .put("text", text)
                    .end();
        }
        if (isDue("response.reasoning_summary_part.done")) {
            summary("response.reasoning_summary_part.done", thoughts)
                    .put("part", Thoughts.part(text))
                    .end();
        }
    }

    private void endPart(Message message, Words part) {
        String said = part.text().toString();
        if (part.refusal() && frames != null) {
            part("response.refusal.done", message).put("refusal", said).end();
        } else if (!part.refusal() && isDue("response.output_text.done")) {
            part("response.output_text.done", message)
                    .put("text", said)
                    .put("logprobs", Json.mapper().createArrayNode())
                    .end();
        }
        if (isDue("response.content_part.done")) {
            part("response.content_part.done", message)
                    .put("part", part.json(said))
                    .end();
        }
    }

    private Frames part(String type, Message message) {
        return about(type, message).put("content_index", message.parts().size() - 1);
    }

    private Frames summary(String type, Thoughts thoughts) {
        return about(type, thoughts).put("summary_index", 0);
    }

    private Frames about(String type, OutputItem item) {
        return java.util.Objects.requireNonNull(frames)
                .begin(type)
                .put("item_id", item.id())
                .put("output_index", items.indexOf(item));
    }
}
