package dev.signalbox.dialect.anthropic;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes messages, whole or in events. */
final class AnthropicAnswerEncoder implements AnswerEncoder {

    private static final byte[] NOTHING = {};
    private static final byte[] PING = ServerSentEvent.of("ping", "{\"type\": \"ping\"}");
    private static final byte[] STOP = ServerSentEvent.of("message_stop", "{\"type\":\"message_stop\"}");

    private final AnswerForm form;
    private final AnthropicStream stream;
    private final AnthropicMessage message;
    private boolean passing;
    private byte[] stop = STOP;
    private byte @Nullable [] whole;
    private int blocks;
    private byte @Nullable [] lastBlock;
    private byte @Nullable [] latest;

    AnthropicAnswerEncoder(AnswerForm form) {
        this.form = form;
        this.stream = new AnthropicStream(form);
        this.message = new AnthropicMessage(form);
    }

    /** The event that ends the stream is kept for {@link #end}, since the facts of the answer go before it. */
    @Override
    public byte[] event(ChatEvent event) {
        if (!(event instanceof ChatEvent.Wire wire)) {
            return stream.take(event);
        }
        passing = true;
        if (wire.silent()) {
            return NOTHING;
        }
        latest = wire.data();
        if ("content_block_start".equals(wire.name())) {
            blocks++;
            lastBlock = wire.data();
        } else if ("content_block_stop".equals(wire.name())) {
            lastBlock = null;
        }
        byte[] said = ServerSentEvent.of(wire.name(), wire.data());
        if ("message_stop".equals(wire.name())) {
            stop = said;
            return NOTHING;
        }
        return said;
    }

    /** Goes on in the block that was passed last, if that is open, or else behind it. */
    @Override
    public boolean resume(List<ChatEvent> heard) {
        if (!passing) {
            return true;
        }
        passing = false;
        heard.forEach(stream::take);
        try {
            byte[] open = lastBlock;
            byte[] last = latest;
            boolean sealed = last != null && Json.read(last).path("delta").has("signature");
            String type = open == null
                    ? ""
                    : Json.read(open).path("content_block").path("type").asText();
            stream.goOn(blocks - 1, sealed ? "redacted_thinking" : type);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void gather(ChatEvent event) {
        if (event instanceof ChatEvent.Wire wire) {
            if (!wire.silent()) {
                whole = wire.data();
            }
        } else {
            message.take(event);
        }
    }

    @Override
    public byte[] plain() {
        byte[] passed = whole;
        return passed == null ? Json.bytes(message.json()) : passed;
    }

    @Override
    public byte[] end(byte[] comment) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (!passing) {
            out.writeBytes(stream.finish());
        }
        out.writeBytes(comment);
        out.writeBytes(stop);
        return out.toByteArray();
    }

    @Override
    public byte[] broken(SignalboxException failure, byte[] comment) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ServerSentEvent.of("error", Json.bytes(AnthropicErrors.body(failure, form.id()))));
        out.writeBytes(comment);
        return out.toByteArray();
    }

    @Override
    public byte[] keepAlive() {
        return PING.clone();
    }
}
