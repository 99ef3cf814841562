package dev.signalbox.dialect.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads answers of Converse and events of ConverseStream. Blocks of unknown kinds are passed over.
 *
 * <p>When a tool stands for the shape of the answer, its arguments are the answer's text, and words beside it are held back:
 * they are said only if the model does not come to call it.
 */
final class ConverseDecoder implements AnswerDecoder {

    /** A block that is open. */
    private static final class Open {
        final int call;
        final boolean answer;
        final List<String> sealed = new ArrayList<>(0);
        boolean said;

        Open(int call, boolean answer) {
            this.call = call;
            this.answer = answer;
        }
    }

    private static final int NO_CALL = -1;

    private final String model;
    private final Names names;
    private final @Nullable String answerTool;
    private final Map<Integer, Open> open = new LinkedHashMap<>(4);
    private final StringBuilder heldBack = new StringBuilder(0);
    private int calls;
    private boolean answered;
    private boolean started;
    private boolean finished;
    private boolean ended;

    /**
     * @param model whose answer it is, since the answer does not say
     * @param names the names of the request
     * @param answerTool the tool whose arguments are the answer; null when there is none
     */
    ConverseDecoder(String model, Names names, @Nullable String answerTool) {
        this.model = model;
        this.names = names;
        this.answerTool = answerTool;
    }

    @Override
    public void answer(byte[] json, Consumer<ChatEvent> sink) {
        ObjectNode root = object(json);
        JsonNode content = root.path("output").path("message").path("content");
        if (!content.isArray()) {
            throw ConverseErrors.notAnAnswer(root);
        }
        start(sink);
        for (JsonNode block : content) {
            block(block, sink);
        }
        stop(root, sink);
        used(root, sink);
        ended = true;
    }

    private void block(JsonNode block, Consumer<ChatEvent> sink) {
        if (block.path("toolUse") instanceof ObjectNode call) {
            Open opened = called(NO_CALL, call, sink);
            JsonNode input = call.path("input");
            arguments(opened, input.isObject() ? Json.text(input) : "{}", sink);
            open.remove(NO_CALL);
            return;
        }
        text(text(block, "text"), sink);
        for (JsonNode cited : block.path("citationsContent").path("content")) {
            text(text(cited, "text"), sink);
        }
        JsonNode thought = block.path("reasoningContent");
        said(new ChatEvent.Thinking(text(thought.path("reasoningText"), "text")), sink);
        sealed(text(thought.path("reasoningText"), "signature"), sink);
        encrypted(text(thought, "redactedContent"), sink);
    }

    @Override
    public void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
        if (ended) {
            return;
        }
        if (name == null) {
            return;
        }
        if (name.startsWith(EventStreamParser.FAILURE)) {
            throw ConverseErrors.inStream(name.substring(EventStreamParser.FAILURE.length()), data);
        }
        switch (name) {
            case "messageStart" -> start(sink);
            case "contentBlockStart" -> {
                ObjectNode event = object(data);
                start(sink);
                if (event.path("start").path("toolUse") instanceof ObjectNode call) {
                    called(index(event), call, sink);
                }
            }
            case "contentBlockDelta" -> {
                ObjectNode event = object(data);
                start(sink);
                delta(index(event), event.path("delta"), sink);
            }
            case "contentBlockStop" -> {
                Open block = open.remove(index(object(data)));
                if (block != null) {
                    close(block, sink);
                }
            }
            case "messageStop" -> {
                ObjectNode event = object(data);
                start(sink);
                stop(event, sink);
            }
            case "metadata" -> {
                ObjectNode event = object(data);
                start(sink);
                used(event, sink);
                ended = finished;
            }
            default -> {} // whatever is added to the language
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

    private static int index(JsonNode event) {
        return event.path("contentBlockIndex").asInt();
    }

    private void start(Consumer<ChatEvent> sink) {
        if (!started) {
            started = true;
            sink.accept(new ChatEvent.Started(null, model));
        }
    }

    private Open called(int index, JsonNode call, Consumer<ChatEvent> sink) {
        String name = text(call, "name");
        Open opened;
        if (name.equals(answerTool)) {
            opened = new Open(NO_CALL, true);
            answered = true;
            heldBack.setLength(0);
        } else {
            flush(sink);
            opened = new Open(calls++, false);
            sink.accept(new ChatEvent.ToolCallStarted(opened.call, text(call, "toolUseId"), names.ownTool(name)));
        }
        open.put(index, opened);
        return opened;
    }

    private void arguments(Open call, String json, Consumer<ChatEvent> sink) {
        if (json.isEmpty()) {
            return;
        }
        call.said = true;
        sink.accept(call.answer ? new ChatEvent.Text(json) : new ChatEvent.ToolCallArguments(call.call, json));
    }

    private void delta(int index, JsonNode delta, Consumer<ChatEvent> sink) {
        text(text(delta, "text"), sink);
        Open block = open.get(index);
        if (block != null && (block.call != NO_CALL || block.answer)) {
            arguments(block, text(delta.path("toolUse"), "input"), sink);
        }
        JsonNode thought = delta.path("reasoningContent");
        said(new ChatEvent.Thinking(text(thought, "text")), sink);
        sealed(text(thought, "signature"), sink);
        String redacted = text(thought, "redactedContent");
        if (!redacted.isEmpty()) {
            open.computeIfAbsent(index, _ -> new Open(NO_CALL, false)).sealed.add(redacted);
        }
    }

    /** Arguments that came in no pieces are none; encrypted thoughts that came in pieces are one. */
    private void close(Open block, Consumer<ChatEvent> sink) {
        if (!block.said && (block.call != NO_CALL || block.answer)) {
            arguments(block, "{}", sink);
        }
        encrypted(joined(block.sealed), sink);
    }

    private static String joined(List<String> pieces) {
        if (pieces.size() < 2) {
            return pieces.isEmpty() ? "" : pieces.getFirst();
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        try {
            pieces.forEach(piece -> whole.writeBytes(Base64.getDecoder().decode(piece)));
        } catch (IllegalArgumentException e) {
            throw new BrokenAnswer("encrypted thoughts are not base64", null);
        }
        return Base64.getEncoder().encodeToString(whole.toByteArray());
    }

    private void text(String words, Consumer<ChatEvent> sink) {
        if (words.isEmpty()) {
            return;
        }
        if (answerTool == null) {
            sink.accept(new ChatEvent.Text(words));
        } else if (!answered) {
            heldBack.append(words);
        }
    }

    private void flush(Consumer<ChatEvent> sink) {
        if (!heldBack.isEmpty()) {
            sink.accept(new ChatEvent.Text(heldBack.toString()));
            heldBack.setLength(0);
        }
    }

    private static void said(ChatEvent words, Consumer<ChatEvent> sink) {
        if (words.meaningful()) {
            sink.accept(words);
        }
    }

    private static void sealed(String signature, Consumer<ChatEvent> sink) {
        if (!signature.isEmpty()) {
            sink.accept(new ChatEvent.ThinkingSealed(signature, BedrockDialect.ID));
        }
    }

    private static void encrypted(String data, Consumer<ChatEvent> sink) {
        if (!data.isEmpty()) {
            sink.accept(new ChatEvent.SealedThinking(data, BedrockDialect.ID));
        }
    }

    private void stop(JsonNode from, Consumer<ChatEvent> sink) {
        if (finished) {
            return;
        }
        finished = true;
        open.values().forEach(block -> close(block, sink));
        open.clear();
        flush(sink);
        FinishReason reason = Ends.reason(text(from, "stopReason"));
        if (reason == FinishReason.TOOL_CALLS && answered && calls == 0) {
            reason = FinishReason.STOP;
        }
        String sequence =
                from.path("additionalModelResponseFields").path("stop_sequence").textValue();
        sink.accept(new ChatEvent.Finished(reason, reason == FinishReason.STOP_SEQUENCE ? sequence : null));
    }

    private static void used(JsonNode from, Consumer<ChatEvent> sink) {
        if (from.path("usage") instanceof ObjectNode usage) {
            sink.accept(new ChatEvent.Used(Ends.usage(usage)));
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
