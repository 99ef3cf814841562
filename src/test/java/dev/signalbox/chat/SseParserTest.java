package dev.signalbox.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.chat.Chunkings.Event;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SseParserTest {

    private static final String STREAM = """
            data: {"a":"h\u00e4\u00df \uD83D\uDE00"}

            event: delta
            data:{"b":2}

            data: one
            data:  two
            data
            data: four

            event: no data

            id: 7
            data: [DONE]

            """;

    private static final List<Event> EVENTS = List.of(
            new Event(null, "{\"a\":\"h\u00e4\u00df \uD83D\uDE00\"}"),
            new Event("delta", "{\"b\":2}"),
            new Event(null, "one\n two\n\nfour"),
            new Event(null, "[DONE]"));

    @Test
    void everyWayOfCuttingAStreamGivesTheSameEvents() {
        for (byte[] bytes : Chunkings.writings(STREAM)) {
            Chunkings.each(bytes, pieces -> assertThat(Chunkings.events(pieces)).isEqualTo(EVENTS));
        }
    }

    @Test
    void anEventThatTheStreamEndsWithinIsNotDispatched() {
        assertThat(events("data: whole\n\ndata: half\n")).containsExactly(new Event(null, "whole"));
    }

    @Test
    void aByteOrderMarkIsSkippedOnlyAtTheStart() {
        assertThat(events("\uFEFFdata: a\n\n\uFEFFdata: b\n\n")).containsExactly(new Event(null, "a"));
    }

    @Test
    void anEmptyDataLineIsAnEventOfNothing() {
        assertThat(events("data:\n\n")).containsExactly(new Event(null, ""));
    }

    @Test
    void aNameBelongsToOneEventAlone() {
        assertThat(events("event: a\ndata: 1\n\ndata: 2\n\n"))
                .containsExactly(new Event("a", "1"), new Event(null, "2"));
    }

    @Test
    void anEventLongerThanAllowedBreaksTheAnswerHoweverItComes() {
        byte[] stream = ("data: " + "x".repeat(200) + "\n\n").getBytes(UTF_8);
        Chunkings.each(
                stream,
                pieces -> assertThatThrownBy(() -> feed(new SseParser(100), pieces))
                        .isInstanceOf(Dialect.BrokenAnswer.class)
                        .hasMessageContaining("100"));
    }

    @Test
    void manyDataLinesAreBoundedTogether() {
        byte[] stream = "data: 0123456789\n".repeat(20).getBytes(UTF_8);
        assertThatThrownBy(() -> feed(new SseParser(100), List.of(stream))).isInstanceOf(Dialect.BrokenAnswer.class);
    }

    @Property
    void theCutsNeverMatter(@ForAll @Size(max = 60) List<@IntRange(max = 9) Integer> picks) {
        String[] alphabet = {"data: a", "data:", "event: x", ":", "\n", "\r", "\r\n", "\n\n", "\u00e4", "\uFEFF"};
        var text = new StringBuilder();
        picks.forEach(pick -> text.append(alphabet[pick]));
        byte[] bytes = text.toString().getBytes(UTF_8);
        List<Event> whole = Chunkings.events(List.of(bytes));
        Chunkings.each(bytes, pieces -> assertThat(Chunkings.events(pieces)).isEqualTo(whole));
    }

    @Property
    void whatIsWrittenAsEventsIsReadAsTheSameEvents(@ForAll @Size(max = 8) List<String> data) {
        var text = new StringBuilder();
        var expected = new ArrayList<Event>();
        for (String one : data) {
            String clean = new String(one.getBytes(UTF_8), UTF_8).replace('\r', ' ');
            Arrays.stream(clean.split("\n", -1))
                    .forEach(line -> text.append("data: ").append(line).append('\n'));
            text.append('\n');
            expected.add(new Event(null, clean));
        }
        assertThat(events(text.toString())).isEqualTo(expected);
    }

    private static List<Event> events(String stream) {
        return Chunkings.events(List.of(stream.getBytes(UTF_8)));
    }

    private static void feed(SseParser parser, List<byte[]> pieces) {
        pieces.forEach(piece -> parser.feed(piece, 0, piece.length, (_, _) -> {}));
    }
}
