package dev.signalbox.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.ByteRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LineParserTest {

    private static final String STREAM = "{\"a\":\"h\u00e4\u00df \uD83D\uDE00\"}\n\n {\"b\":2}\r\n  \r\n[3]\n\"last\"";
    private static final List<String> LINES =
            List.of("{\"a\":\"h\u00e4\u00df \uD83D\uDE00\"}", "{\"b\":2}", "[3]", "\"last\"");

    @Test
    void everyWayOfCuttingAStreamGivesTheSameLines() {
        Chunkings.each(
                STREAM.getBytes(UTF_8), pieces -> assertThat(lines(pieces)).isEqualTo(LINES));
        Chunkings.each(
                (STREAM + "\n").getBytes(UTF_8),
                pieces -> assertThat(lines(pieces)).isEqualTo(LINES));
    }

    @Test
    void aLastLineIsSaidOnceOnly() {
        var parser = new LineParser(100);
        var lines = new ArrayList<String>();
        parser.feed("a\nb".getBytes(UTF_8), 0, 3, (_, data) -> lines.add(new String(data, UTF_8)));
        assertThat(lines).containsExactly("a");

        parser.end((_, data) -> lines.add(new String(data, UTF_8)));
        parser.end((_, data) -> lines.add(new String(data, UTF_8)));

        assertThat(lines).containsExactly("a", "b");
    }

    @Test
    void aLineHasABound() {
        byte[] whole = "12345678901\n".getBytes(UTF_8);
        assertThatThrownBy(() -> new LineParser(10).feed(whole, 0, whole.length, (_, _) -> {}))
                .isInstanceOf(Dialect.BrokenAnswer.class);
        var parser = new LineParser(10);
        parser.feed(whole, 0, 6, (_, _) -> {});
        assertThatThrownBy(() -> parser.feed(whole, 6, 11, (_, _) -> {})).isInstanceOf(Dialect.BrokenAnswer.class);
    }

    @Test
    void aLineOfAMegabyteComesWhole() {
        byte[] line = ("x".repeat(1 << 20) + "\n").getBytes(UTF_8);
        var parser = new LineParser(2 << 20);
        var lengths = new ArrayList<Integer>();
        for (int from = 0; from < line.length; from += 1000) {
            parser.feed(line, from, Math.min(line.length, from + 1000), (_, data) -> lengths.add(data.length));
        }
        assertThat(lengths).containsExactly(1 << 20);
    }

    @Property
    void theCutsNeverMatter(
            @ForAll @Size(max = 40) List<@ByteRange(min = 0, max = 12) Byte> alphabet,
            @ForAll @IntRange(min = 1, max = 9) int size) {
        byte[] bytes = new byte[alphabet.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = alphabet.get(i) > 8 ? (byte) '\n' : (byte) ('a' + alphabet.get(i));
        }
        var pieces = new ArrayList<byte[]>();
        for (int from = 0; from < bytes.length; from += size) {
            pieces.add(java.util.Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size)));
        }
        assertThat(lines(pieces)).isEqualTo(lines(List.of(bytes)));
    }

    private static List<String> lines(List<byte[]> pieces) {
        var lines = new ArrayList<String>();
        var parser = new LineParser(1 << 20);
        for (byte[] piece : pieces) {
            parser.feed(piece, 0, piece.length, (_, data) -> lines.add(new String(data, UTF_8)));
        }
        parser.end((_, data) -> lines.add(new String(data, UTF_8)));
        return lines;
    }
}
