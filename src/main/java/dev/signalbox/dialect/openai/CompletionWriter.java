package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.chat.Usage;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes an answer as text that goes on. Thoughts and calls of tools have no place in it. */
final class CompletionWriter implements AnswerEncoder {

    private static final byte[] NOTHING = {};

    private final AnswerForm form;
    private final AnswerEncoder wires;
    private final StringBuilder text = new StringBuilder();
    private String id;
    private String model = "";
    private @Nullable FinishReason reason;
    private @Nullable Usage usage;
    private byte @Nullable [] wire;

    CompletionWriter(AnswerForm form) {
        this.form = form;
        this.wires = new AnswerWriter(form);
        this.id = form.id();
    }

    @Override
    public byte[] event(ChatEvent event) {
        return switch (event) {
            case ChatEvent.Wire passing -> {
                if (wire == null) {
                    wire = passing.data();
                }
                yield wires.event(passing);
            }
            case ChatEvent.Text(var delta) -> delta.isEmpty() ? NOTHING : chunk(delta, null);
            case ChatEvent.Refusal(var delta) -> delta.isEmpty() ? NOTHING : chunk(delta, null);
            default -> {
                note(event);
                yield NOTHING;
            }
        };
    }

    private void note(ChatEvent event) {
        switch (event) {
            case ChatEvent.Started started -> {
                id = started.id() == null ? form.id() : started.id();
                model = started.model();
            }
            case ChatEvent.Finished finished -> reason = finished.reason();
            case ChatEvent.Used used -> usage = used.usage();
            case ChatEvent.Text(var delta) -> text.append(delta);
            case ChatEvent.Refusal(var delta) -> text.append(delta);
            case ChatEvent.Wire whole -> wire = whole.data();
            case ChatEvent.Thinking _,
                    ChatEvent.ThinkingSealed _,
                    ChatEvent.SealedThinking _,
                    ChatEvent.ToolCallStarted _,
                    ChatEvent.ToolCallArguments _ -> {}
            case ChatEvent.Embedded _, ChatEvent.Counted _ -> throw new IllegalArgumentException("no part of a text");
        }
    }

    @Override
    public void gather(ChatEvent event) {
        note(event);
    }

    @Override
    public byte[] plain() {
        byte[] as = wire;
        if (as != null) {
            return as;
        }
        ObjectNode answer = head();
        choice(answer, text.toString(), reason == null ? FinishReason.OTHER : reason);
        if (usage != null) {
            answer.set("usage", TokenCounts.write(usage));
        }
        return Json.bytes(answer);
    }

    @Override
    public byte[] end(byte[] comment) {
        byte[] finish = reason == null ? NOTHING : chunk("", reason);
        byte[] counts = NOTHING;
        if (usage != null && form.usageWanted()) {
            ObjectNode chunk = head();
            likePassed(chunk);
            chunk.putArray("choices");
            chunk.set("usage", TokenCounts.write(usage));
            counts = onWire(chunk);
        }
        return join(finish, counts, wires.end(comment));
    }

    @Override
    public byte[] broken(SignalboxException failure, byte[] comment) {
        return wires.broken(failure, comment);
    }

    @Override
    public byte[] keepAlive() {
        return wires.keepAlive();
    }

    private byte[] chunk(String delta, @Nullable FinishReason why) {
        ObjectNode chunk = head();
        choice(chunk, delta, why);
        return onWire(chunk);
    }

    /** What was counted here for an upstream whose own chunks passed without usage is one more chunk of the same answer. */
    private void likePassed(ObjectNode chunk) {
        byte[] first = wire;
        if (first != null) {
            PassedChunk passed = PassedChunk.of(first);
            chunk.put("id", passed.id(form))
                    .put("created", passed.created(form))
                    .put("model", passed.model());
        }
    }

    private ObjectNode head() {
        return Json.object()
                .put("id", id)
                .put("object", "text_completion")
                .put("created", form.created())
                .put("model", model);
    }

    private static void choice(ObjectNode answer, String text, @Nullable FinishReason why) {
        answer.putArray("choices")
                .addObject()
                .put("text", text)
                .put("index", 0)
                .putNull("logprobs")
                .put("finish_reason", why == null ? null : FinishReasons.write(why));
    }

    private static byte[] onWire(ObjectNode chunk) {
        return join("data: ".getBytes(StandardCharsets.US_ASCII), Json.bytes(chunk), new byte[] {'\n', '\n'});
    }

    private static byte[] join(byte[]... pieces) {
        int length = 0;
        for (byte[] piece : pieces) {
            length += piece.length;
        }
        byte[] joined = new byte[length];
        int at = 0;
        for (byte[] piece : pieces) {
            System.arraycopy(piece, 0, joined, at, piece.length);
            at += piece.length;
        }
        return joined;
    }
}
