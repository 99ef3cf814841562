package dev.signalbox.routing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.QuietReply;
import dev.signalbox.chat.SignalboxException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** A caller of some language who hears a stream, down to its bytes. */
final class Hearing extends QuietReply {

    /** One event of a stream as it came over the wire. */
    record Frame(String name, byte[] data) {
        JsonNode json() {
            try {
                return Json.read(data);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private final Dialect dialect;
    private final AnswerEncoder encoder;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final List<ChatEvent> events = new ArrayList<>();

    Hearing(Dialect dialect) {
        this(dialect, "req_0123456789");
    }

    Hearing(Dialect dialect, String id) {
        this.dialect = dialect;
        this.encoder = dialect.encoder(new Dialect.AnswerForm(id, 1_700_000_000, true, true));
    }

    /** The events as a vendor of that language would send them. */
    static List<Frame> vendor(Dialect dialect, List<ChatEvent> events) {
        Hearing hearing = new Hearing(dialect, "req_vendor");
        events.forEach(hearing::event);
        hearing.end();
        return hearing.frames();
    }

    @Override
    public void event(ChatEvent event) {
        events.add(event);
        bytes.writeBytes(encoder.event(event));
    }

    void end() {
        bytes.writeBytes(encoder.end(new byte[0]));
    }

    void broken(SignalboxException failure) {
        bytes.writeBytes(encoder.broken(failure, new byte[0]));
    }

    @Override
    public AnswerDecoder reader() {
        return dialect.rereader();
    }

    @Override
    public boolean resume(List<ChatEvent> heard) {
        return encoder.resume(heard);
    }

    String text() {
        return bytes.toString(UTF_8);
    }

    /** What came, without the end mark that some languages have. */
    List<Frame> frames() {
        List<Frame> frames = new ArrayList<>();
        if (text().startsWith("[")) {
            try {
                Json.read(text()).forEach(each -> frames.add(new Frame(null, Json.bytes(each))));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return frames;
        }
        var parser = new dev.signalbox.chat.SseParser(1 << 20);
        byte[] all = bytes.toByteArray();
        parser.feed(all, 0, all.length, (name, data) -> {
            if (!new String(data, UTF_8).equals("[DONE]")) {
                frames.add(new Frame(name, data));
            }
        });
        return frames;
    }

    /** What a client of that language makes of it: neighbours of one kind as one. */
    List<ChatEvent> understood() {
        List<ChatEvent> read = new ArrayList<>();
        AnswerDecoder decoder = dialect.decoder();
        frames().forEach(frame -> decoder.event(frame.name(), frame.data(), read::add));
        if (!decoder.ended()) {
            decoder.event("signalbox-end", new byte[0], read::add);
        }
        return merged(read);
    }

    static List<ChatEvent> merged(List<ChatEvent> events) {
        List<ChatEvent> merged = new ArrayList<>();
        for (ChatEvent event : events) {
            ChatEvent last = merged.isEmpty() ? null : merged.getLast();
            switch (event) {
                case ChatEvent.Text(var more)
                when last instanceof ChatEvent.Text(var before) ->
                    merged.set(merged.size() - 1, new ChatEvent.Text(before + more));
                case ChatEvent.Thinking(var more)
                when last instanceof ChatEvent.Thinking(var before) ->
                    merged.set(merged.size() - 1, new ChatEvent.Thinking(before + more));
                case ChatEvent.ToolCallArguments(var index, var more)
                when last instanceof ChatEvent.ToolCallArguments(var same, var before) && same == index ->
                    merged.set(merged.size() - 1, new ChatEvent.ToolCallArguments(index, before + more));
                case ChatEvent.Used _ -> {}
                default -> merged.add(event);
            }
        }
        return merged;
    }

    @Override
    public boolean begun() {
        return true;
    }
}
