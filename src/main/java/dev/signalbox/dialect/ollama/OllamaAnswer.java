package dev.signalbox.dialect.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads answers, whole or line by line: every line is a small answer, and the one with {@code done} is the end mark. Calls of
 * tools come whole, their arguments as an object. Older servers give them no ids; then one is made of the time of the answer,
 * so that it is the same however the answer came, and another in the next turn.
 */
final class OllamaAnswer implements AnswerDecoder {

    /** More than this is no count of tokens. */
    private static final long MOST = Integer.MAX_VALUE;

    private final StringBuilder seed = new StringBuilder(48);
    private boolean started;
    private boolean ended;
    private int calls;

    @Override
    public void answer(byte[] json, Consumer<ChatEvent> sink) {
        ObjectNode answer = object(json);
        if (!answer.path("message").isObject()) {
            throw new BrokenAnswer("the answer has no message", null);
        }
        take(answer, sink);
        finish(answer, sink);
    }

    @Override
    public void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
        if (ended) {
            return;
        }
        ObjectNode line = object(data);
        take(line, sink);
        if (line.path("done").asBoolean(false)) {
            finish(line, sink);
        }
    }

    private static ObjectNode object(byte[] json) {
        try {
            if (Json.read(json) instanceof ObjectNode object) {
                if (object.hasNonNull("error")) {
                    throw OllamaErrors.inAnswer(object);
                }
                return object;
            }
        } catch (IOException e) {
            throw new BrokenAnswer("the answer is not JSON", null);
        }
        throw new BrokenAnswer("the answer is not a JSON object", null);
    }

    private void take(ObjectNode answer, Consumer<ChatEvent> sink) {
        if (!started) {
            started = true;
            seed.append(text(answer.path("created_at"))).append(' ');
            sink.accept(new ChatEvent.Started(null, text(answer.path("model"))));
        }
        JsonNode message = answer.path("message");
        String thinking = text(message.path("thinking"));
        if (!thinking.isEmpty()) {
            sink.accept(new ChatEvent.Thinking(thinking));
        }
        String content = text(message.path("content"));
        if (!content.isEmpty()) {
            sink.accept(new ChatEvent.Text(content));
        }
        for (JsonNode call : message.path("tool_calls")) {
            call(call, sink);
        }
    }

    private void call(JsonNode call, Consumer<ChatEvent> sink) {
        int index = calls++;
        JsonNode function = call.path("function");
        String name = text(function.path("name"));
        JsonNode given = function.path("arguments");
        String arguments = given.isContainerNode() ? Json.text(given) : text(given);
        String id = text(call.path("id"));
        sink.accept(new ChatEvent.ToolCallStarted(index, id.isEmpty() ? id(index, name) : id, name));
        sink.accept(new ChatEvent.ToolCallArguments(index, arguments.isBlank() ? "{}" : arguments));
    }

    private String id(int index, String name) {
        byte[] of = (seed + name + ' ' + index).getBytes(StandardCharsets.UTF_8);
        UUID digest = UUID.nameUUIDFromBytes(of);
        return "call_" + Long.toUnsignedString(digest.getMostSignificantBits() ^ digest.getLeastSignificantBits(), 36);
    }

    private void finish(ObjectNode answer, Consumer<ChatEvent> sink) {
        ended = true;
        sink.accept(new ChatEvent.Finished(reason(answer.path("done_reason").asText("stop")), null));
        JsonNode prompt = answer.path("prompt_eval_count");
        JsonNode said = answer.path("eval_count");
        if (prompt.isNumber() || said.isNumber()) {
            sink.accept(new ChatEvent.Used(new Usage(count(prompt), 0, 0, count(said), 0)));
        }
    }

    /** A model that was only loaded, or unloaded, did not speak. */
    private FinishReason reason(String reason) {
        return switch (reason) {
            case "stop", "" -> calls > 0 ? FinishReason.TOOL_CALLS : FinishReason.STOP;
            case "length" -> FinishReason.LENGTH;
            default -> FinishReason.OTHER;
        };
    }

    static long count(JsonNode node) {
        return node.isNumber() ? (long) Math.clamp(node.doubleValue(), 0, MOST) : 0;
    }

    private static String text(JsonNode node) {
        String text = node.textValue();
        return text == null ? "" : text;
    }

    @Override
    public boolean ended() {
        return ended;
    }
}
