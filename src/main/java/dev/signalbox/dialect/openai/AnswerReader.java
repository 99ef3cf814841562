package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads an answer, plain or streamed, for callers of other languages. */
final class AnswerReader implements AnswerDecoder {

    private final ToolCalls calls = new ToolCalls();
    private boolean started;
    private boolean spoke;
    private boolean refused;
    private boolean finished;
    private boolean ended;

    @Override
    public void answer(byte[] json, Consumer<ChatEvent> sink) {
        JsonNode answer = read(json);
        if (!answer.path("choices").isArray() || answer.path("choices").isEmpty()) {
            throw new BrokenAnswer("the upstream's answer has no choices", null);
        }
        start(answer, sink);
        JsonNode choice = answer.path("choices").path(0);
        message(choice.path("message"), sink);
        say(choice.path("text").textValue(), sink);
        FinishReason reason = FinishReasons.read(choice.path("finish_reason").textValue());
        finish(reason == null ? FinishReason.OTHER : reason, sink);
        used(answer, sink);
        ended = true;
    }

    @Override
    public void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
        if (ended || PassingAnswer.isBlank(data)) {
            return;
        }
        if (PassingAnswer.isDone(data)) {
            ended = true;
            calls.end(sink);
            return;
        }
        if ("error".equals(name)) {
            throw UpstreamErrors.inPlaceOfAnAnswer(data);
        }
        JsonNode chunk = read(data);
        JsonNode choices = chunk.path("choices");
        if (choices.isArray() && !choices.isEmpty()) {
            start(chunk, sink);
        }
        for (JsonNode choice : choices) {
            if (choice.path("index").asInt(0) == 0) {
                message(choice.path("delta"), sink);
                say(choice.path("text").textValue(), sink);
                FinishReason reason =
                        FinishReasons.read(choice.path("finish_reason").textValue());
                if (reason != null) {
                    finish(reason, sink);
                }
            }
        }
        used(chunk, sink);
    }

    private static JsonNode read(byte[] json) {
        JsonNode tree;
        try {
            tree = Json.read(json);
        } catch (IOException e) {
            throw AnswerScan.notAnObject();
        }
        if (!tree.isObject()) {
            throw AnswerScan.notAnObject();
        }
        if (tree.hasNonNull("error")) {
            throw UpstreamErrors.inPlaceOfAnAnswer(json);
        }
        return tree;
    }

    private void start(JsonNode answer, Consumer<ChatEvent> sink) {
        if (started) {
            return;
        }
        started = true;
        String id = answer.path("id").asText("");
        calls.answerIs(id);
        sink.accept(new ChatEvent.Started(
                id.isEmpty() ? null : id, answer.path("model").asText("")));
    }

    private void message(JsonNode message, Consumer<ChatEvent> sink) {
        JsonNode thought = message.path(Thoughts.PLAIN);
        think(
                thought.isTextual()
                        ? thought.textValue()
                        : message.path("reasoning").textValue(),
                sink);
        JsonNode content = message.path("content");
        if (content.isTextual()) {
            say(content.textValue(), sink);
        } else if (content.isArray()) {
            content.forEach(part -> part(part, sink));
        }
        String refusal = message.path("refusal").textValue();
        if (refusal != null && !refusal.isEmpty()) {
            refused = true;
            sink.accept(new ChatEvent.Refusal(refusal));
        }
        if (message.path("tool_calls").isArray()) {
            calls.fragments(message.path("tool_calls"), sink);
        }
        if (message.path("function_call").isObject()) {
            calls.fragment(0, message, message.path("function_call"), sink);
        }
    }

    /** A part of an answer's content, as some servers write what was thought and said. */
    private void part(JsonNode part, Consumer<ChatEvent> sink) {
        if (part.path("thinking").isArray()) {
            part.path("thinking").forEach(thought -> think(thought.path("text").textValue(), sink));
        } else if (part.path("thinking").isTextual()) {
            think(part.path("thinking").textValue(), sink);
        } else {
            say(part.path("text").textValue(), sink);
        }
    }

    private static void think(@Nullable String text, Consumer<ChatEvent> sink) {
        if (text != null && !text.isEmpty()) {
            sink.accept(new ChatEvent.Thinking(text));
        }
    }

    private void say(@Nullable String text, Consumer<ChatEvent> sink) {
        if (text != null && !text.isEmpty()) {
            spoke = true;
            sink.accept(new ChatEvent.Text(text));
        }
    }

    /** The end, once: servers that call tools or refuse may still say that they just stopped. */
    private void finish(FinishReason reason, Consumer<ChatEvent> sink) {
        if (finished) {
            return;
        }
        finished = true;
        calls.end(sink);
        FinishReason why = reason;
        if (reason == FinishReason.STOP && calls.any()) {
            why = FinishReason.TOOL_CALLS;
        } else if (reason == FinishReason.STOP && refused && !spoke) {
            why = FinishReason.REFUSAL;
        }
        sink.accept(new ChatEvent.Finished(why, null));
    }

    private void used(JsonNode answer, Consumer<ChatEvent> sink) {
        Usage own = answer.path("usage").isObject() ? TokenCounts.read(answer.path("usage")) : null;
        Usage usage = own == null ? TokenCounts.read(answer.path("x_groq").path("usage")) : own;
        if (usage != null) {
            start(answer, sink);
            sink.accept(new ChatEvent.Used(usage));
        }
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public boolean finished() {
        return ended || finished;
    }
}
