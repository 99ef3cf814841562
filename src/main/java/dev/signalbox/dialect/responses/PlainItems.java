package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.dialect.Rereading;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether somebody else could go on with a stream: one item after another, of words, thoughts and calls alone. */
final class PlainItems implements Rereading.Readable {

    private static final Set<String> ITEMS = Set.of("message", "reasoning", "function_call");
    private static final Set<String> EVENTS = Set.of(
            "response.created",
            "response.in_progress",
            "response.queued",
            "response.output_item.added",
            "response.output_item.done",
            "response.content_part.added",
            "response.content_part.done",
            "response.output_text.delta",
            "response.output_text.done",
            "response.reasoning_summary_part.added",
            "response.reasoning_summary_part.done",
            "response.reasoning_summary_text.delta",
            "response.reasoning_summary_text.done",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.done",
            "response.completed",
            "response.incomplete");

    private int items;
    private boolean open;

    @Override
    public boolean test(@Nullable String name, JsonNode event) {
        String type = event.path("type").asText();
        if (!EVENTS.contains(type)
                || !type.equals(name)
                || !event.path("logprobs").isEmpty()) {
            return false;
        }
        boolean last = event.path("output_index").asInt(-1) == items - 1;
        switch (type) {
            case "response.output_item.added" -> {
                boolean next = !open && event.path("output_index").asInt(-1) == items;
                open = true;
                items++;
                return next && ITEMS.contains(event.path("item").path("type").asText());
            }
            case "response.output_item.done" -> {
                boolean ends = open && last;
                open = false;
                return ends;
            }
            default -> {
                return !event.has("output_index")
                        || (open
                                && last
                                && event.path("content_index").asInt(0) == 0
                                && event.path("summary_index").asInt(0) == 0);
            }
        }
    }
}
