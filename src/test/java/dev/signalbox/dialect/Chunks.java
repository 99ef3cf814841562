package dev.signalbox.dialect;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.FrameParser;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A stream's bytes, cut in every way in which a network may cut them, to the end of the body. */
public final class Chunks {

    private static final int LONGEST = 1 << 20;

    private Chunks() {}

    /** What a decoder says for each way of cutting: in two at every byte, in pieces of each size, with CRLF and with CR. */
    public static Stream<List<ChatEvent>> everyWay(Dialect dialect, Supplier<AnswerDecoder> decoders, byte[] sse) {
        String text = new String(sse, StandardCharsets.UTF_8);
        byte[] crlf = text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
        byte[] cr = text.replace("\n", "\r").getBytes(StandardCharsets.UTF_8);
        Stream<List<ChatEvent>> inTwo =
                IntStream.range(0, sse.length).mapToObj(cut -> read(dialect, decoders.get(), sse, cut, sse.length));
        Stream<List<ChatEvent>> inPieces = Stream.of(sse, crlf, cr)
                .flatMap(bytes -> IntStream.of(1, 2, 3, 5, 7, 64, 1000, bytes.length)
                        .mapToObj(size -> read(dialect, decoders.get(), bytes, size, size)));
        return Stream.concat(inTwo, inPieces);
    }

    /** What a decoder says of a stream that comes at once. */
    public static List<ChatEvent> read(Dialect dialect, AnswerDecoder decoder, byte[] sse) {
        return read(dialect, decoder, sse, sse.length, sse.length);
    }

    private static List<ChatEvent> read(Dialect dialect, AnswerDecoder decoder, byte[] sse, int first, int size) {
        List<ChatEvent> events = new ArrayList<>();
        FrameParser frames = dialect.frames(LONGEST);
        int from = 0;
        int to = Math.min(first, sse.length);
        while (true) {
            frames.feed(sse, from, to, (name, data) -> decoder.event(name, data, events::add));
            if (to == sse.length) {
                frames.end((name, data) -> decoder.event(name, data, events::add));
                return events;
            }
            from = to;
            to = Math.min(sse.length, from + size);
        }
    }
}
