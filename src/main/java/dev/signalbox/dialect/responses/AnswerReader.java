package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads an answer, plain or streamed, for callers of other languages. */
final class AnswerReader implements AnswerDecoder {

    /** What is known of each item by its place: how much of it was told already. */
    private final Map<Integer, Item> items = new HashMap<>();

    private boolean started;
    private int calls;
    private boolean spoke;
    private boolean refused;
    private boolean ended;

    private static final class Item {
        private int call = -1;
        private boolean told;
        private boolean done;
    }

    @Override
    public void answer(byte[] json, Consumer<ChatEvent> sink) {
        JsonNode response = read(json);
        if (response.hasNonNull("error")) {
            throw UpstreamErrors.inPlaceOfAnAnswer(response);
        }
        if (!response.path("output").isArray()) {
            throw new BrokenAnswer("the upstream's answer has no output", null);
        }
        start(response, sink);
        for (int i = 0; i < response.path("output").size(); i++) {
            done(i, response.path("output").get(i), sink);
        }
        end(response, sink);
    }

    @Override
    public void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
        if (ended || isBlank(data)) {
            return;
        }
        if (isDone(data)) {
            return; // some servers send the other language's end mark, too
        }
        JsonNode event = read(data);
        int place = event.path("output_index").asInt(0);
        switch (event.path("type").asText(name == null ? "" : name)) {
            case "response.created", "response.in_progress", "response.queued" -> start(event.path("response"), sink);
            case "response.output_item.added" -> added(place, event.path("item"), sink);
            case "response.output_text.delta" -> say(item(place), event.path("delta"), sink);
            case "response.refusal.delta" -> refuse(item(place), event.path("delta"), sink);
            case "response.reasoning_summary_part.added" -> {
                if (event.path("summary_index").asInt(0) > 0) {
                    sink.accept(new ChatEvent.Thinking("\n\n"));
                }
            }
            case "response.reasoning_summary_text.delta", "response.reasoning_text.delta" ->
                think(item(place), event.path("delta"), sink);
            case "response.function_call_arguments.delta" -> arguments(item(place), event.path("delta"), sink);
            case "response.function_call_arguments.done" -> {
                if (!item(place).told) {
                    arguments(item(place), event.path("arguments"), sink);
                }
            }
            case "response.output_item.done" -> done(place, event.path("item"), sink);
            case "response.completed", "response.incomplete" -> {
                start(event.path("response"), sink);
                end(event.path("response"), sink);
            }
            case "response.failed", "response.cancelled" ->
                throw UpstreamErrors.inPlaceOfAnAnswer(event.path("response"));
            case "error" -> throw UpstreamErrors.inPlaceOfAnAnswer(event);
            default -> {
                if (event.hasNonNull("error")) {
                    throw UpstreamErrors.inPlaceOfAnAnswer(event);
                }
            }
        }
    }

    static JsonNode read(byte[] json) {
        JsonNode tree;
        try {
            tree = Json.read(json);
        } catch (IOException e) {
            throw EventScan.notAnObject();
        }
        if (!tree.isObject()) {
            throw EventScan.notAnObject();
        }
        return tree;
    }

    static boolean isBlank(byte[] data) {
        for (byte b : data) {
            if (b > ' ' || b < 0) {
                return false;
            }
        }
        return true;
    }

    static boolean isDone(byte[] data) {
        return data.length < 20
                && new String(data, java.nio.charset.StandardCharsets.ISO_8859_1)
                        .strip()
                        .equals("[DONE]");
    }

    private Item item(int place) {
        return items.computeIfAbsent(place, _ -> new Item());
    }

    private void start(JsonNode response, Consumer<ChatEvent> sink) {
        if (!started && response.isObject()) {
            started = true;
            String id = response.path("id").asText("");
            sink.accept(new ChatEvent.Started(
                    id.isEmpty() ? null : id, response.path("model").asText("")));
        }
    }

    private void added(int place, JsonNode item, Consumer<ChatEvent> sink) {
        if (item.path("type").asText().equals("function_call")) {
            call(item(place), item, sink);
            arguments(item(place), item.path("arguments"), sink);
        }
    }

    private void call(Item item, JsonNode call, Consumer<ChatEvent> sink) {
        if (item.call < 0) {
            item.call = calls++;
            String id = call.path("call_id").asText(call.path("id").asText(""));
            sink.accept(new ChatEvent.ToolCallStarted(
                    item.call,
                    id.isEmpty() ? "call_" + item.call : id,
                    call.path("name").asText("")));
        }
    }

    private static void arguments(Item item, JsonNode text, Consumer<ChatEvent> sink) {
        String delta = text.asText("");
        if (item.call >= 0 && !delta.isEmpty()) {
            item.told = true;
            sink.accept(new ChatEvent.ToolCallArguments(item.call, delta));
        }
    }

    private void say(Item item, JsonNode text, Consumer<ChatEvent> sink) {
        if (!text.asText("").isEmpty()) {
            item.told = true;
            spoke = true;
            sink.accept(new ChatEvent.Text(text.asText()));
        }
    }

    private void refuse(Item item, JsonNode text, Consumer<ChatEvent> sink) {
        if (!text.asText("").isEmpty()) {
            item.told = true;
            refused = true;
            sink.accept(new ChatEvent.Refusal(text.asText()));
        }
    }

    private static void think(Item item, JsonNode text, Consumer<ChatEvent> sink) {
        if (!text.asText("").isEmpty()) {
            item.told = true;
            sink.accept(new ChatEvent.Thinking(text.asText()));
        }
    }

    /** A whole item: what its deltas did not tell, and the seal of thoughts. */
    private void done(int place, JsonNode whole, Consumer<ChatEvent> sink) {
        Item item = item(place);
        if (item.done) {
            return;
        }
        item.done = true;
        switch (whole.path("type").asText()) {
            case "message" -> {
                if (!item.told) {
                    for (JsonNode part : whole.path("content")) {
                        say(item, part.path("text"), sink);
                        refuse(item, part.path("refusal"), sink);
                    }
                }
            }
            case "function_call" -> {
                call(item, whole, sink);
                if (!item.told) {
                    arguments(item, whole.path("arguments"), sink);
                }
                if (!item.told) {
                    sink.accept(new ChatEvent.ToolCallArguments(item.call, "{}"));
                }
            }
            case "reasoning" -> thought(item, whole, sink);
            default -> {}
        }
    }

    private static void thought(Item item, JsonNode whole, Consumer<ChatEvent> sink) {
        if (!item.told) {
            JsonNode texts = whole.path("content").isEmpty() ? whole.path("summary") : whole.path("content");
            for (JsonNode text : texts) {
                if (item.told) {
                    sink.accept(new ChatEvent.Thinking("\n\n"));
                }
                think(item, text.path("text"), sink);
            }
        }
        String encrypted = whole.path("encrypted_content").asText("");
        if (encrypted.isEmpty()) {
            return;
        }
        Seal seal = Seal.read(encrypted);
        boolean own = seal.origin().equals(ResponsesDialect.ID);
        sink.accept(
                seal.whole() && !(own && item.told)
                        ? new ChatEvent.SealedThinking(seal.data(), seal.origin())
                        : new ChatEvent.ThinkingSealed(seal.data(), seal.origin()));
    }

    private void end(JsonNode response, Consumer<ChatEvent> sink) {
        ended = true;
        sink.accept(new ChatEvent.Finished(reason(response), null));
        Usage usage = TokenCounts.read(response.path("usage"));
        if (usage != null) {
            sink.accept(new ChatEvent.Used(usage));
        }
    }

    private FinishReason reason(JsonNode response) {
        FinishReason cut = cut(response);
        if (cut != null) {
            return cut;
        }
        if (calls > 0) {
            return FinishReason.TOOL_CALLS;
        }
        return refused && !spoke ? FinishReason.REFUSAL : FinishReason.STOP;
    }

    /** Why a response is incomplete; null when it is not. */
    static @Nullable FinishReason cut(JsonNode response) {
        if (!response.path("status").asText().equals("incomplete")) {
            return null;
        }
        return switch (response.path("incomplete_details").path("reason").asText()) {
            case "max_output_tokens" -> FinishReason.LENGTH;
            case "content_filter" -> FinishReason.CONTENT_FILTER;
            default -> FinishReason.OTHER;
        };
    }

    @Override
    public boolean ended() {
        return ended;
    }
}
