package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.Failures;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes an answer. How it ended and what it used wait for the end, since the last event of a stream is the whole response.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/responses-streaming">the events and their order</a>
 */
final class AnswerWriter implements AnswerEncoder {

    private static final byte[] NOTHING = {};
    private static final byte[] KEEP_ALIVE = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);

    private final AnswerForm form;
    private final Frames frames = new Frames();
    private final Output output;
    private final PassedOn passed;
    private @Nullable ResponseObject response;
    private String model = "";
    private boolean begun;
    private boolean resumed;
    private @Nullable FinishReason reason;
    private @Nullable Usage usage;
    private @Nullable ObjectNode whole;

    AnswerWriter(AnswerForm form) {
        this.form = form;
        this.output = new Output(form.id(), form.stream() ? frames : null);
        this.passed = new PassedOn(form.request(), frames);
    }

    @Override
    public byte[] event(ChatEvent event) {
        gather(event);
        return frames.take();
    }

    @Override
    public void gather(ChatEvent event) {
        switch (event) {
            case ChatEvent.Started started -> begin(started.model());
            case ChatEvent.Text(var delta) -> output.text(delta);
            case ChatEvent.Thinking(var delta) -> output.thinking(delta);
            case ChatEvent.ThinkingSealed(var signature, var origin) -> output.seal(new Seal(origin, false, signature));
            case ChatEvent.SealedThinking(var data, var origin) -> output.seal(new Seal(origin, true, data));
            case ChatEvent.ToolCallStarted call -> output.call(call);
            case ChatEvent.ToolCallArguments(var index, var delta) -> output.arguments(index, delta);
            case ChatEvent.Refusal(var delta) -> output.refusal(delta);
            case ChatEvent.Finished finished -> reason = finished.reason();
            case ChatEvent.Used used -> usage = used.usage();
            case ChatEvent.Wire wire -> passed.on(wire, form.stream());
            case ChatEvent.Embedded _, ChatEvent.Counted _ -> throw new IllegalArgumentException("no part of a chat");
        }
    }

    /** Goes on with the response that was passed: its id, its items, their places, and the numbers of events. */
    @Override
    public boolean resume(List<ChatEvent> heard) {
        if (!passed.isUsed() || resumed) {
            return true;
        }
        PassedSoFar soFar = passed.soFar();
        if (soFar == null || !form.stream()) {
            return false;
        }
        resumed = true;
        begun = true;
        model = soFar.response().path("model").asText();
        ResponseObject going = new ResponseObject(form);
        going.goOn(soFar.response());
        response = going;
        if (soFar.sequence() >= 0) {
            frames.goOnAt(soFar.sequence() + 1);
        }
        return output.goOn(soFar, heard);
    }

    /** Whether another language has no part in it. */
    private boolean passes() {
        return passed.isUsed() && !resumed;
    }

    private void begin(String name) {
        model = name;
        if (form.stream() && !begun) {
            begun = true;
            ObjectNode now = response("in_progress", null, null);
            frames.begin("response.created").put("response", now).end();
            frames.begin("response.in_progress").put("response", now).end();
        }
    }

    private ObjectNode response(String status, @Nullable ObjectNode error, @Nullable String incomplete) {
        ResponseObject made = response;
        if (made == null) {
            made = new ResponseObject(form);
            response = made;
        }
        return made.json(status, model, output.json("incomplete"), usage, error, incomplete);
    }

    /** Why the answer is not all that the model had to say; null when it is. */
    private @Nullable String incomplete() {
        return switch (reason) {
            case LENGTH, CONTEXT_WINDOW -> "max_output_tokens";
            case CONTENT_FILTER -> "content_filter";
            case REFUSAL -> output.refuses() ? null : "content_filter";
            case STOP, STOP_SEQUENCE, TOOL_CALLS, PAUSE, OTHER -> null;
            case null -> null;
        };
    }

    private ObjectNode whole() {
        ObjectNode made = whole;
        if (made == null) {
            String cut = incomplete();
            if (form.stream() && !begun) {
                begin(model);
            }
            output.end(cut != null);
            made = response(cut == null ? "completed" : "incomplete", null, cut);
            whole = made;
        }
        return made;
    }

    @Override
    public @Nullable ObjectNode kept() {
        return passes() ? passed.kept() : whole();
    }

    @Override
    public byte[] plain() {
        byte[] own = passed.plain();
        return own == null ? Json.bytes(whole()) : own;
    }

    @Override
    public byte[] end(byte[] comment) {
        if (passes()) {
            passed.end();
        } else {
            ObjectNode last = whole();
            frames.begin("response." + last.path("status").asText())
                    .put("response", last)
                    .end();
        }
        return join(frames.take(), comment);
    }

    @Override
    public byte[] broken(SignalboxException failure, byte[] comment) {
        ObjectNode error = Json.object().put("code", failure.code()).put("message", failure.message());
        Failures.attempts(failure, error);
        ObjectNode failed = passes() ? passed.failed(error) : null;
        if (failed == null && begun) {
            failed = response("failed", error, null);
        }
        if (failed != null) {
            frames.begin("response.failed").put("response", failed).end();
        } else {
            frames.begin("error")
                    .put("code", failure.code())
                    .put("message", failure.message())
                    .put("param", Json.mapper().valueToTree(failure.param()))
                    .end();
        }
        return join(frames.take(), comment);
    }

    @Override
    public byte[] keepAlive() {
        return KEEP_ALIVE.clone();
    }

    private static byte[] join(byte[] one, byte[] other) {
        if (other.length == 0) {
            return one.length == 0 ? NOTHING : one;
        }
        byte[] joined = new byte[one.length + other.length];
        System.arraycopy(one, 0, joined, 0, one.length);
        System.arraycopy(other, 0, joined, one.length, other.length);
        return joined;
    }
}
