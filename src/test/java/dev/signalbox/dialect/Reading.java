package dev.signalbox.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Chunkings;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.FrameParser;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt;
import dev.signalbox.dialect.anthropic.AnthropicDialect;
import dev.signalbox.dialect.openai.OpenAiDialect;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** What decoders make of bytes. */
public final class Reading {

    private Reading() {}

    /** JSON written with single quotes. */
    public static JsonNode json(String text) {
        try {
            return Json.read(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** A request of OpenAI's language, written with single quotes. */
    public static Prompt openai(String request) {
        return new OpenAiDialect().decode(Body.parse(request.replace('\'', '"').getBytes(UTF_8)));
    }

    /** A request of Anthropic's language, written with single quotes. */
    public static Prompt anthropic(String request) {
        return new AnthropicDialect()
                .decode(Body.parse(request.replace('\'', '"').getBytes(UTF_8)));
    }

    /** The events of a plain answer, written with single quotes. */
    public static List<ChatEvent> plain(AnswerDecoder decoder, String json) {
        return Dialect.read(decoder, json.replace('\'', '"').getBytes(UTF_8));
    }

    /** The events of a stream, which are the same however its bytes are cut. */
    public static List<ChatEvent> stream(Dialect dialect, Supplier<AnswerDecoder> decoders, String stream) {
        byte[] bytes = stream.replace('\'', '"').getBytes(UTF_8);
        List<ChatEvent> whole = read(dialect, decoders.get(), List.of(bytes));
        Chunkings.each(
                bytes,
                pieces -> assertThat(read(dialect, decoders.get(), pieces)).isEqualTo(whole));
        return whole;
    }

    private static List<ChatEvent> read(Dialect dialect, AnswerDecoder decoder, List<byte[]> pieces) {
        List<ChatEvent> events = new ArrayList<>();
        FrameParser frames = dialect.frames(1 << 20);
        for (byte[] piece : pieces) {
            frames.feed(piece, 0, piece.length, (name, data) -> decoder.event(name, data, events::add));
        }
        frames.end((name, data) -> decoder.event(name, data, events::add));
        return events;
    }

    /** The same bytes with a few of them changed, left out or doubled. */
    public static byte[] spoiled(String json, long seed) {
        Random random = new Random(seed);
        byte[] bytes = json.replace('\'', '"').getBytes(UTF_8);
        StringBuilder spoiled = new StringBuilder();
        int changes = random.nextInt(4);
        List<String> pieces = new ArrayList<>(List.of(new String(bytes, UTF_8).split("(?<=[,:{}\\[\\]\"])")));
        List<String> values = List.of(
                "null",
                "-1",
                "{}",
                "[]",
                "\"x\"",
                "true",
                "1e400",
                "\"",
                "}",
                "]",
                ",",
                "\0",
                "[[",
                "99999999999999999999");
        for (int i = 0; i < changes && !pieces.isEmpty(); i++) {
            int at = random.nextInt(pieces.size());
            switch (random.nextInt(3)) {
                case 0 -> pieces.remove(at);
                case 1 -> pieces.set(at, values.get(random.nextInt(values.size())));
                default -> pieces.add(at, pieces.get(random.nextInt(pieces.size())));
            }
        }
        pieces.forEach(spoiled::append);
        byte[] out = spoiled.toString().getBytes(UTF_8);
        return random.nextInt(5) == 0 ? java.util.Arrays.copyOf(out, random.nextInt(out.length + 1)) : out;
    }

    /** Reads the bytes as an answer and as an event: they are read, or broken, and nothing else is thrown. */
    public static void survives(Supplier<AnswerDecoder> decoders, byte[] bytes) {
        for (boolean plain : new boolean[] {true, false}) {
            AnswerDecoder decoder = decoders.get();
            try {
                if (plain) {
                    decoder.answer(bytes, _ -> {});
                } else {
                    decoder.event(null, bytes, _ -> {});
                    decoder.event("x", bytes, _ -> {});
                }
            } catch (BrokenAnswer e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }
}
