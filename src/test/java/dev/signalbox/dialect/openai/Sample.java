package dev.signalbox.dialect.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SseParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the tests of this language say and hear. */
final class Sample {

    static final OpenAiDialect DIALECT = new OpenAiDialect();

    /** A plain answer of a model that needs nothing special. */
    static final Target PLAIN = new Target("m", false, null, Map.of(), Dialect.Quirks.NONE, Map.of());

    static final Target STREAM = new Target("m", true, null, Map.of(), Dialect.Quirks.NONE, Map.of());

    private Sample() {}

    static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    static Body body(String json) {
        return Body.parse(utf8(json));
    }

    /** JSON as people write it in tests, with apostrophes. */
    static String json(String text) {
        return text.replace('\'', '"');
    }

    static JsonNode tree(String json) {
        try {
            return Json.read(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a decoder says about a stream that came in pieces. */
    static List<ChatEvent> hear(AnswerDecoder decoder, List<byte[]> pieces) {
        var events = new ArrayList<ChatEvent>();
        var parser = new SseParser(1 << 20);
        for (byte[] piece : pieces) {
            parser.feed(piece, 0, piece.length, (name, data) -> decoder.event(name, data, events::add));
        }
        return events;
    }

    static List<ChatEvent> hear(AnswerDecoder decoder, String stream) {
        return hear(decoder, List.of(utf8(stream)));
    }

    /** A stream of these events. */
    static String stream(String... events) {
        var stream = new StringBuilder();
        for (String event : events) {
            stream.append("data: ").append(json(event)).append("\n\n");
        }
        return stream.toString();
    }
}
