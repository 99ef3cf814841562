package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.dialect.gemini.GeminiDialect.Form;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes generated content: whole, or in pieces that are server-sent events or the elements of one JSON array. */
final class GeminiAnswerEncoder implements AnswerEncoder {

    private static final byte[] NOTHING = {};
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEEP_ALIVE = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SPACE = {'\n'};

    private final GeminiAnswer answer;
    private final Form form;
    private final List<ObjectNode> gathered = new ArrayList<>(2);
    private boolean begun;
    private boolean passing;
    private byte @Nullable [] whole;

    /**
     * @param form how a stream comes
     */
    GeminiAnswerEncoder(AnswerForm answer, Form form) {
        this.answer = new GeminiAnswer(answer);
        this.form = form;
    }

    @Override
    public String streamType() {
        return form == Form.ARRAY ? "application/json" : "text/event-stream";
    }

    @Override
    public byte[] event(ChatEvent event) {
        if (event instanceof ChatEvent.Wire wire) {
            passing = true;
            return wire.silent() ? NOTHING : piece(wire.data());
        }
        List<ObjectNode> parts = answer.take(event);
        return parts.isEmpty() ? NOTHING : piece(Json.bytes(answer.piece(parts, false)));
    }

    /** Goes on behind the pieces that were passed; their calls are whole. */
    @Override
    public boolean resume(List<ChatEvent> heard) {
        if (passing) {
            passing = false;
            heard.forEach(answer::take);
            answer.close(new ArrayList<>(0));
        }
        return true;
    }

    @Override
    public void gather(ChatEvent event) {
        if (event instanceof ChatEvent.Wire wire) {
            if (!wire.silent()) {
                whole = wire.data();
            }
            return;
        }
        for (ObjectNode part : answer.take(event)) {
            add(part);
        }
    }

    /** Words that follow on words of the same kind are one part. */
    private void add(ObjectNode part) {
        if (gathered.isEmpty() || !isOne(gathered.getLast(), part)) {
            gathered.add(part);
            return;
        }
        ObjectNode last = gathered.getLast();
        last.put("text", last.path("text").asText() + part.path("text").asText());
        if (part.has("thoughtSignature")) {
            last.set("thoughtSignature", part.get("thoughtSignature"));
        }
    }

    private static boolean isOne(ObjectNode last, ObjectNode part) {
        return last.has("text")
                && part.has("text")
                && !last.has("thoughtSignature")
                && last.has("thought") == part.has("thought");
    }

    @Override
    public byte[] plain() {
        byte[] passed = whole;
        if (passed != null) {
            return passed;
        }
        List<ObjectNode> calls = new ArrayList<>(1);
        answer.close(calls);
        gathered.addAll(calls);
        return Json.bytes(answer.piece(gathered, true));
    }

    private byte[] piece(byte[] json) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length + 16);
        if (form == Form.ARRAY) {
            out.writeBytes((begun ? ",\n" : "[").getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(json);
        } else {
            lines(json, out);
        }
        begun = true;
        return out.toByteArray();
    }

    /** Data of several lines is written as several lines, which readers join again. */
    private static void lines(byte[] data, ByteArrayOutputStream out) {
        int start = 0;
        for (int i = 0; i <= data.length; i++) {
            if (i == data.length || data[i] == '\n') {
                out.writeBytes(DATA);
                out.write(data, start, i - start);
                out.write('\n');
                start = i + 1;
            }
        }
        out.write('\n');
    }

    @Override
    public byte[] end(byte[] comment) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (!passing) {
            List<ObjectNode> calls = new ArrayList<>(1);
            answer.close(calls);
            out.writeBytes(piece(Json.bytes(answer.piece(calls, true))));
        }
        close(comment, out);
        return out.toByteArray();
    }

    @Override
    public byte[] broken(SignalboxException failure, byte[] comment) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(piece(Json.bytes(GeminiErrors.body(failure))));
        close(comment, out);
        return out.toByteArray();
    }

    /** The facts come last of all; an array has no place for them. */
    private void close(byte[] comment, ByteArrayOutputStream out) {
        switch (form) {
            case EVENTS -> out.writeBytes(comment);
            case BARE_EVENTS -> {}
            case ARRAY -> {
                if (!begun) {
                    out.write('[');
                }
                out.write(']');
            }
        }
    }

    @Override
    public byte[] keepAlive() {
        return switch (form) {
            case EVENTS -> KEEP_ALIVE.clone();
            case BARE_EVENTS -> NOTHING;
            case ARRAY -> SPACE.clone();
        };
    }
}
