package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.Arguments;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A whole message, gathered from what happened. */
final class AnthropicMessage {

    /** A content block that grows. */
    private sealed interface Block {
        record Text(StringBuilder words) implements Block {}

        record Thinking(StringBuilder words, StringBuilder seal) implements Block {}

        record Sealed(String data) implements Block {}

        record Call(ChatEvent.ToolCallStarted start, StringBuilder arguments) implements Block {}
    }

    private final AnswerForm form;
    private final List<Block> blocks = new ArrayList<>(2);
    private ChatEvent.@Nullable Started started;
    private ChatEvent.Finished finished = new ChatEvent.Finished(FinishReason.STOP, null);
    private final StringBuilder refusal = new StringBuilder(0);
    private Usage usage = Usage.NONE;

    AnthropicMessage(AnswerForm form) {
        this.form = form;
    }

    void take(ChatEvent event) {
        switch (event) {
            case ChatEvent.Started start -> started = started == null ? start : started;
            case ChatEvent.Text(String words) -> text().append(words);
            case ChatEvent.Refusal(String words) -> {
                text().append(words);
                refusal.append(words);
            }
            case ChatEvent.Thinking(String words) -> thinking().words().append(words);
            case ChatEvent.ThinkingSealed(String signature, String origin) ->
                thinking().seal().append(Seal.said(signature, origin));
            case ChatEvent.SealedThinking(String data, String origin) ->
                blocks.add(new Block.Sealed(Seal.said(data, origin)));
            case ChatEvent.ToolCallStarted start -> blocks.add(new Block.Call(start, new StringBuilder()));
            case ChatEvent.ToolCallArguments(int index, String more) -> arguments(index, more);
            case ChatEvent.Finished end -> finished = end;
            case ChatEvent.Used used -> usage = used.usage();
            case ChatEvent.Wire _ -> throw new IllegalArgumentException("an event of the wire needs no writing");
            case ChatEvent.Embedded _, ChatEvent.Counted _ -> throw new IllegalArgumentException("no part of a chat");
        }
    }

    private StringBuilder text() {
        if (!blocks.isEmpty() && blocks.getLast() instanceof Block.Text(StringBuilder words)) {
            return words;
        }
        Block.Text text = new Block.Text(new StringBuilder());
        blocks.add(text);
        return text.words();
    }

    private Block.Thinking thinking() {
        if (!blocks.isEmpty()
                && blocks.getLast() instanceof Block.Thinking last
                && last.seal().isEmpty()) {
            return last;
        }
        Block.Thinking thinking = new Block.Thinking(new StringBuilder(), new StringBuilder());
        blocks.add(thinking);
        return thinking;
    }

    private void arguments(int index, String more) {
        for (Block block : blocks) {
            if (block instanceof Block.Call(ChatEvent.ToolCallStarted start, StringBuilder arguments)
                    && start.index() == index) {
                arguments.append(more);
            }
        }
    }

    /** The message as it is now. */
    ObjectNode json() {
        ObjectNode message = head(form, started, usage);
        ArrayNode content = message.withArray("content");
        for (Block block : blocks) {
            ObjectNode said = said(block);
            if (said != null) {
                content.add(said);
            }
        }
        StopReasons.into(message, finished, refusal);
        return message;
    }

    private static @Nullable ObjectNode said(Block block) {
        return switch (block) {
            case Block.Text(StringBuilder words) ->
                words.isEmpty() ? null : Json.object().put("type", "text").put("text", words.toString());
            case Block.Thinking(StringBuilder words, StringBuilder seal) ->
                words.isEmpty() && seal.isEmpty()
                        ? null
                        : Json.object()
                                .put("type", "thinking")
                                .put("thinking", words.toString())
                                .put("signature", seal.isEmpty() ? Seal.UNSEALED : seal.toString());
            case Block.Sealed(String data) ->
                Json.object().put("type", "redacted_thinking").put("data", data);
            case Block.Call(ChatEvent.ToolCallStarted start, StringBuilder arguments) -> {
                ObjectNode use = Json.object()
                        .put("type", "tool_use")
                        .put("id", start.id())
                        .put("name", start.name());
                use.set("input", input(arguments.toString()));
                yield calledByTheModel(use);
            }
        };
    }

    /** Since version 2026-10-21 each call says who makes it. */
    static ObjectNode calledByTheModel(ObjectNode use) {
        use.putObject("caller").put("type", "direct");
        return use;
    }

    private static JsonNode input(String arguments) {
        ObjectNode object = Arguments.object(arguments);
        return object == null ? Arguments.wrapped(arguments) : object;
    }

    /** A message in which nothing has been said yet. */
    static ObjectNode head(AnswerForm form, ChatEvent.@Nullable Started started, Usage usage) {
        String id = started == null ? null : started.id();
        ObjectNode message = Json.object()
                .put("id", id == null ? form.id() : id)
                .put("type", "message")
                .put("role", "assistant")
                .put("model", started == null ? "" : started.model());
        message.putArray("content");
        message.putNull("stop_reason").putNull("stop_sequence");
        message.set("usage", UsageTally.said(usage));
        return message;
    }
}
