package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens in an answer as Anthropic's events, in its order: the beginning of the message, then block by block, each
 * opened, filled and closed before the next.
 *
 * <p>Other vendors may send the arguments of several calls by turns. What comes while a call's arguments are not yet a
 * whole JSON object waits until they are.
 */
final class AnthropicStream {

    private enum Open {
        NOTHING,
        TEXT,
        THINKING,
        SEALED,
        CALL
    }

    private final AnswerForm form;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    private ChatEvent.@Nullable Started started;
    private ChatEvent.Finished finished = new ChatEvent.Finished(FinishReason.STOP, null);
    private final StringBuilder refusal = new StringBuilder(0);
    private Usage usage = Usage.NONE;
    private boolean begun;
    private Open open = Open.NOTHING;
    private int block = -1;
    private int call = -1;
    private JsonObjectEnd arguments = new JsonObjectEnd();
    private List<ChatEvent> waiting = new ArrayList<>(0);

    AnthropicStream(AnswerForm form) {
        this.form = form;
    }

    /** The bytes to send now. */
    byte[] take(ChatEvent event) {
        out.reset();
        switch (event) {
            case ChatEvent.Started start -> started = started == null ? start : started;
            case ChatEvent.Used used -> usage = used.usage();
            case ChatEvent.Finished end -> finished = end;
            case ChatEvent.Wire _ -> throw new IllegalArgumentException("an event of the wire needs no writing");
            case ChatEvent.Embedded _, ChatEvent.Counted _ -> throw new IllegalArgumentException("no part of a chat");
            case ChatEvent.Text _,
                    ChatEvent.Thinking _,
                    ChatEvent.ThinkingSealed _,
                    ChatEvent.SealedThinking _,
                    ChatEvent.ToolCallStarted _,
                    ChatEvent.ToolCallArguments _,
                    ChatEvent.Refusal _ -> inTurn(event);
        }
        return out.toByteArray();
    }

    /** Everything up to the event that ends the stream. */
    byte[] finish() {
        out.reset();
        begin();
        while (!waiting.isEmpty()) {
            arguments.giveUp();
            sayWaiting();
        }
        close();
        ObjectNode event = Json.object().put("type", "message_delta");
        StopReasons.into(event.putObject("delta"), finished, refusal);
        event.set("usage", UsageTally.said(usage));
        send("message_delta", event);
        return out.toByteArray();
    }

    /**
     * What was taken so far was sent by others, and comes here only to be known.
     *
     * @param last the index of the last block that was sent; below 0 when there was none
     * @param type its type while it is open, that of thoughts that are sealed whole when a seal has come already; empty when
     *     there is none open
     */
    void goOn(int last, String type) {
        begun = true;
        block = last;
        waiting.clear();
        open = switch (type) {
            case "text" -> Open.TEXT;
            case "thinking" -> Open.THINKING;
            case "tool_use" -> Open.CALL;
            case "redacted_thinking" -> Open.SEALED;
            default -> Open.NOTHING;
        };
        if (open != Open.CALL) {
            arguments.giveUp();
        }
    }

    private void inTurn(ChatEvent event) {
        if (open == Open.CALL && event instanceof ChatEvent.ToolCallArguments more && more.index() == call) {
            say(event);
            if (arguments.reached() && !waiting.isEmpty()) {
                sayWaiting();
            }
        } else if (!waiting.isEmpty() || (open == Open.CALL && !arguments.reached())) {
            waiting.add(event);
        } else {
            say(event);
        }
    }

    private void sayWaiting() {
        List<ChatEvent> due = waiting;
        waiting = new ArrayList<>(0);
        due.forEach(this::inTurn);
    }

    private void say(ChatEvent event) {
        begin();
        switch (event) {
            case ChatEvent.Text(String words) -> text(words);
            case ChatEvent.Refusal(String words) -> {
                refusal.append(words);
                text(words);
            }
            case ChatEvent.Thinking(String words) -> {
                thinking();
                delta("thinking_delta", "thinking", words);
            }
            case ChatEvent.ThinkingSealed(String signature, String origin) -> {
                thinking();
                delta("signature_delta", "signature", Seal.said(signature, origin));
                stop();
                open = Open.NOTHING;
            }
            case ChatEvent.SealedThinking(String data, String origin) -> {
                open(
                        Open.NOTHING,
                        Json.object().put("type", "redacted_thinking").put("data", Seal.said(data, origin)));
                stop();
            }
            case ChatEvent.ToolCallStarted start -> {
                ObjectNode use = Json.object()
                        .put("type", "tool_use")
                        .put("id", start.id())
                        .put("name", start.name());
                use.putObject("input");
                open(Open.CALL, AnthropicMessage.calledByTheModel(use));
                call = start.index();
                arguments = new JsonObjectEnd();
            }
            case ChatEvent.ToolCallArguments(int index, String more) -> {
                if (open == Open.CALL && index == call) {
                    arguments.read(more);
                    delta("input_json_delta", "partial_json", more);
                }
            }
            default -> throw new IllegalStateException("not a part of a message's content");
        }
    }

    private void begin() {
        if (begun) {
            return;
        }
        begun = true;
        ObjectNode event = Json.object().put("type", "message_start");
        event.set("message", AnthropicMessage.head(form, started, usage));
        send("message_start", event);
    }

    private void text(String words) {
        if (open != Open.TEXT) {
            open(Open.TEXT, Json.object().put("type", "text").put("text", ""));
        }
        delta("text_delta", "text", words);
    }

    private void thinking() {
        if (open != Open.THINKING) {
            open(
                    Open.THINKING,
                    Json.object().put("type", "thinking").put("thinking", "").put("signature", ""));
        }
    }

    private void open(Open kind, ObjectNode content) {
        close();
        open = kind;
        block++;
        ObjectNode event = Json.object().put("type", "content_block_start").put("index", block);
        event.set("content_block", content);
        send("content_block_start", event);
    }

    /** Written without a tree, since this is most of a stream. */
    private void delta(String type, String field, String value) {
        if (value.isEmpty()) {
            return;
        }
        ascii("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":" + block);
        ascii(",\"delta\":{\"type\":\"" + type + "\",\"" + field + "\":");
        out.writeBytes(Json.quoted(value));
        ascii("}}\n\n");
    }

    private void ascii(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void close() {
        if (open == Open.THINKING) {
            delta("signature_delta", "signature", Seal.UNSEALED);
        }
        if (open != Open.NOTHING) {
            stop();
            open = Open.NOTHING;
        }
    }

    private void stop() {
        send(
                "content_block_stop",
                Json.object().put("type", "content_block_stop").put("index", block));
    }

    private void send(String name, ObjectNode data) {
        out.writeBytes(ServerSentEvent.of(name, Json.bytes(data)));
    }
}
