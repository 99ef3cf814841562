package dev.signalbox.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Json;
import java.io.IOException;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads what was passed on in its own language, and refuses what its decoder would pass over of a stream. A plain answer is
 * whole, and nobody has to go on with it, so that it may hold anything.
 */
public final class Rereading implements AnswerDecoder {

    private final AnswerDecoder decoder;
    private final Readable readable;

    /** Tells whether a decoder makes something of everything that matters in an event. Asked for each, in order. */
    @FunctionalInterface
    public interface Readable {
        /** Whether it does. */
        boolean test(@Nullable String name, JsonNode event);
    }

    /** A decoder that is stricter. */
    public Rereading(AnswerDecoder decoder, Readable readable) {
        this.decoder = decoder;
        this.readable = readable;
    }

    @Override
    public void answer(byte[] json, Consumer<ChatEvent> sink) {
        decoder.answer(json, sink);
    }

    @Override
    public void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
        try {
            if (!readable.test(name, Json.read(data))) {
                throw new BrokenAnswer("only its author could go on with that", null);
            }
        } catch (IOException e) {
            throw new BrokenAnswer("the answer is not JSON", null);
        }
        decoder.event(name, data, sink);
    }

    /** Whether an object says nothing under any other name: null, nothing and an empty list say nothing. */
    public static boolean hasOnly(JsonNode object, Set<String> names) {
        for (var member : object.properties()) {
            JsonNode value = member.getValue();
            boolean silent = value.isNull()
                    || (value.isContainerNode() && value.isEmpty())
                    || value.asText("x").isEmpty();
            if (!silent && !names.contains(member.getKey())) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean ended() {
        return decoder.ended();
    }

    @Override
    public boolean finished() {
        return decoder.finished();
    }
}
