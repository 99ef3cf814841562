package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads messages, whole or in events, for callers of other languages. Blocks of unknown kinds are passed over. */
final class AnthropicAnswerDecoder implements AnswerDecoder {

    /** The index of the tool whose arguments are the answer. */
    private static final int ANSWER = -1;

    /** A tool call whose block is open. */
    private static final class Call {
        final int index;
        final JsonNode whole;
        boolean said;

        Call(int index, JsonNode whole) {
            this.index = index;
            this.whole = whole;
        }
    }

    private final Map<String, String> names;
    private final @Nullable String answerTool;
    private final UsageTally tally = new UsageTally();
    private final Map<Integer, Call> open = new LinkedHashMap<>(4);
    private int calls;
    private boolean started;
    private boolean spoke;
    private boolean finished;
    private boolean ended;

    AnthropicAnswerDecoder() {
        this(Map.of(), null);
    }

    /**
     * @param names the caller's own names of tools, by what was said to the vendor in their place
     * @param answerTool the tool whose arguments are the answer; null when there is none
     */
    AnthropicAnswerDecoder(Map<String, String> names, @Nullable String answerTool) {
        this.names = names;
        this.answerTool = answerTool;
    }

    @Override
    public void answer(byte[] json, Consumer<ChatEvent> sink) {
        ObjectNode message = object(json);
        if (isError(message, null)) {
            throw AnthropicErrors.inAnswer(message);
        }
        if (!message.path("content").isArray()) {
            throw new BrokenAnswer("the answer is not a message: it has no content", null);
        }
        start(message, sink);
        for (JsonNode block : message.path("content")) {
            blockStarted(-1, block, sink);
            blockStopped(-1, sink);
        }
        String reason = message.path("stop_reason").textValue();
        finish(reason == null ? FinishReason.OTHER : StopReasons.read(reason), message, sink);
        used(message, sink);
        ended = true;
    }

    @Override
    public void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
        if (ended) {
            return;
        }
        ObjectNode event = object(data);
        if (isError(event, name)) {
            throw AnthropicErrors.inAnswer(event);
        }
        String type = event.path("type").textValue();
        switch (type == null ? String.valueOf(name) : type) {
            case "message_start" -> {
                start(event.path("message"), sink);
                used(event.path("message"), sink);
            }
            case "content_block_start" -> {
                startUnknown(sink);
                blockStarted(event.path("index").asInt(-1), event.path("content_block"), sink);
            }
            case "content_block_delta" -> {
                startUnknown(sink);
                delta(event.path("index").asInt(-1), event.path("delta"), sink);
            }
            case "content_block_stop" -> blockStopped(event.path("index").asInt(-1), sink);
            case "message_delta" -> {
                startUnknown(sink);
                messageDelta(event, sink);
            }
            case "message_stop" -> {
                closeAll(sink);
                ended = true;
            }
            default -> {} // pings, and whatever is added to the language
        }
    }

    private static ObjectNode object(byte[] json) {
        try {
            if (Json.read(json) instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException e) {
            throw new BrokenAnswer("the answer is not JSON", null);
        }
        throw new BrokenAnswer("the answer is not a JSON object", null);
    }

    /** Whether it is an error, be it that its name or type says so or that it has nothing else to say. */
    static boolean isError(ObjectNode root, @Nullable String name) {
        String type = root.path("type").textValue();
        return type == null ? "error".equals(name) || root.path("error").isObject() : type.equals("error");
    }

    private void start(JsonNode message, Consumer<ChatEvent> sink) {
        if (!started) {
            started = true;
            sink.accept(new ChatEvent.Started(message.path("id").textValue(), text(message, "model")));
        }
    }

    private void startUnknown(Consumer<ChatEvent> sink) {
        start(Json.object(), sink);
    }

    private void blockStarted(int index, JsonNode block, Consumer<ChatEvent> sink) {
        switch (text(block, "type")) {
            case "text" -> said(new ChatEvent.Text(text(block, "text")), sink);
            case "thinking" -> {
                said(new ChatEvent.Thinking(text(block, "thinking")), sink);
                sealed(text(block, "signature"), sink);
            }
            case "redacted_thinking" ->
                sink.accept(new ChatEvent.SealedThinking(text(block, "data"), AnthropicDialect.ID));
            case "tool_use" -> {
                String name = text(block, "name");
                if (name.equals(answerTool)) {
                    open.put(index, new Call(ANSWER, block.path("input")));
                    return;
                }
                Call call = new Call(calls++, block.path("input"));
                open.put(index, call);
                sink.accept(new ChatEvent.ToolCallStarted(call.index, text(block, "id"), own(name)));
            }
            default -> {} // what only Anthropic's own tools say
        }
    }

    private String own(String name) {
        String remembered = names.get(name);
        return remembered == null ? AnthropicNames.ownTool(name) : remembered;
    }

    private void delta(int index, JsonNode delta, Consumer<ChatEvent> sink) {
        switch (text(delta, "type")) {
            case "text_delta" -> said(new ChatEvent.Text(text(delta, "text")), sink);
            case "thinking_delta" -> said(new ChatEvent.Thinking(text(delta, "thinking")), sink);
            case "signature_delta" -> sealed(text(delta, "signature"), sink);
            case "input_json_delta" -> {
                Call call = open.get(index);
                String json = text(delta, "partial_json");
                if (call != null && !json.isEmpty()) {
                    call.said = true;
                    arguments(call, json, sink);
                }
            }
            default -> {} // citations, and whatever is added to the language
        }
    }

    private void said(ChatEvent words, Consumer<ChatEvent> sink) {
        if (words.meaningful()) {
            spoke |= words instanceof ChatEvent.Text;
            sink.accept(words);
        }
    }

    private void arguments(Call call, String json, Consumer<ChatEvent> sink) {
        if (call.index == ANSWER) {
            said(new ChatEvent.Text(json), sink);
        } else {
            sink.accept(new ChatEvent.ToolCallArguments(call.index, json));
        }
    }

    private static void sealed(String signature, Consumer<ChatEvent> sink) {
        if (!signature.isEmpty()) {
            sink.accept(new ChatEvent.ThinkingSealed(signature, AnthropicDialect.ID));
        }
    }

    private void blockStopped(int index, Consumer<ChatEvent> sink) {
        Call call = open.remove(index);
        if (call != null) {
            close(call, sink);
        }
    }

    /** Arguments that came in no pieces stood in the block's beginning; those that came nowhere are none. */
    private void close(Call call, Consumer<ChatEvent> sink) {
        if (!call.said) {
            arguments(call, call.whole.isObject() ? Json.text(call.whole) : "{}", sink);
        }
    }

    private void closeAll(Consumer<ChatEvent> sink) {
        open.values().forEach(call -> close(call, sink));
        open.clear();
    }

    private void messageDelta(JsonNode event, Consumer<ChatEvent> sink) {
        JsonNode delta = event.path("delta");
        String reason = delta.path("stop_reason").textValue();
        if (reason != null && !finished) {
            closeAll(sink);
            finish(StopReasons.read(reason), delta, sink);
        }
        used(event, sink);
    }

    /** A refusal may be explained beside the content; a call that was the answer is none. */
    private void finish(FinishReason reason, JsonNode from, Consumer<ChatEvent> sink) {
        finished = true;
        String why = from.path("stop_details").path("explanation").textValue();
        if (reason == FinishReason.REFUSAL && why != null && !why.isEmpty() && !spoke) {
            sink.accept(new ChatEvent.Refusal(why));
        }
        boolean answered = reason == FinishReason.TOOL_CALLS && answerTool != null && calls == 0;
        sink.accept(new ChatEvent.Finished(
                answered ? FinishReason.STOP : reason,
                from.path("stop_sequence").textValue()));
    }

    private void used(JsonNode from, Consumer<ChatEvent> sink) {
        if (from.path("usage") instanceof ObjectNode usage) {
            tally.take(usage);
            sink.accept(new ChatEvent.Used(tally.usage()));
        }
    }

    private static String text(JsonNode node, String field) {
        String text = node.path(field).textValue();
        return text == null ? "" : text;
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public boolean finished() {
        return finished;
    }
}
