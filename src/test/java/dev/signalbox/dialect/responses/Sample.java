package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SseParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What the tests of this language share. JSON may be written with single quotes. */
final class Sample {

    static final ResponsesDialect DIALECT = new ResponsesDialect();
    static final Target PLAIN = Target.of("up", false, null);
    static final Target STREAM = Target.of("up", true, null);

    private Sample() {}

    static JsonNode tree(String text) {
        try {
            return Json.read(text.replace('\'', '"'));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Body body(String text) {
        return Body.parse(utf8(text.replace('\'', '"')));
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static AnswerForm form(boolean stream, String request) {
        return new AnswerForm("req_1a", 1700000000, stream, true, body(request));
    }

    /** Everything a decoder says about these pieces of a stream. */
    static List<ChatEvent> read(AnswerDecoder decoder, List<byte[]> pieces) {
        var events = new ArrayList<ChatEvent>();
        var parser = new SseParser(1 << 20);
        for (byte[] piece : pieces) {
            parser.feed(piece, 0, piece.length, (name, data) -> decoder.event(name, data, events::add));
        }
        return events;
    }

    /** The events of a stream as JSON. */
    static List<JsonNode> events(String stream) {
        return stream.lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> tree(line.substring(6).replace("'", "\\u0027")))
                .toList();
    }
}
