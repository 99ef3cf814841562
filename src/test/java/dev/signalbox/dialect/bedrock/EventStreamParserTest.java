package dev.signalbox.dialect.bedrock;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.chat.Chunkings;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the published messages of AWS's own implementation in C, and against damage of every kind. */
class EventStreamParserTest {

    private static final int LONGEST = 1 << 16;
    private static final String JSON_HEADER = "0000003d0000002007fd83960c"
            + HexFormat.of().formatHex("content-type".getBytes(UTF_8))
            + "070010"
            + HexFormat.of().formatHex("application/json".getBytes(UTF_8))
            + "7b27666f6f273a27626172277d8d9c08b1";

    private record Event(String name, String data) {}

    private static List<Event> read(List<byte[]> pieces) {
        var events = new ArrayList<Event>();
        var parser = new EventStreamParser(LONGEST);
        for (byte[] piece : pieces) {
            parser.feed(piece, 0, piece.length, (name, data) -> events.add(new Event(name, new String(data, UTF_8))));
        }
        return events;
    }

    private static List<Event> read(byte[] bytes) {
        return read(List.of(bytes));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "nothing|000000100000000005c248eb7d98c8ff|\"\"",
                "no headers|0000001d00000000fd528c5a7b27666f6f273a27626172277dc3653936|{'foo':'bar'}",
                "an int32|0000001e0000000e5d4adb8d086576656e742d696404000000202a4fb0ea|\"\"",
                "a bool|0000001a0000000aafa7b954086576656e742d6964006a4414ad|\"\"",
            })
    void publishedMessagesAreRead(String what, String hex, String payload) {
        assertThat(read(HexFormat.of().parseHex(hex))).as(what).containsExactly(new Event(null, payload));
    }

    @Test
    void aPublishedMessageWithATextAsAHeaderIsRead() {
        assertThat(read(HexFormat.of().parseHex(JSON_HEADER))).containsExactly(new Event(null, "{'foo':'bar'}"));
    }

    @Test
    void messagesAreNamedByTheirTypeHoweverTheyAreCut() {
        byte[] stream = Frames.joined(
                Frames.event("messageStart", "{\"role\":\"assistant\"}"),
                Frames.event("contentBlockDelta", "{\"delta\":{\"text\":\"Zürich \uD83D\uDE80\"}}"),
                Frames.event("ping", ""),
                Frames.exception("throttlingException", "slow down"));

        Chunkings.each(
                stream,
                pieces -> assertThat(read(pieces))
                        .containsExactly(
                                new Event("messageStart", "{\"role\":\"assistant\"}"),
                                new Event("contentBlockDelta", "{\"delta\":{\"text\":\"Zürich \uD83D\uDE80\"}}"),
                                new Event("ping", ""),
                                new Event("exception:throttlingException", "{\"message\":\"slow down\"}")));
    }

    @Test
    void headersOfEveryTypeArePassedOver() {
        var headers = new ByteArrayOutputStream();
        byte[][] values = {
            {0},
            {1},
            {2, 9},
            {3, 1, 2},
            {4, 1, 2, 3, 4},
            {5, 1, 2, 3, 4, 5, 6, 7, 8},
            {6, 0, 3, 1, 2, 3},
            {8, 1, 2, 3, 4, 5, 6, 7, 8},
            {9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
        };
        for (byte[] value : values) {
            headers.write(1);
            headers.write('h');
            headers.writeBytes(value);
        }
        Frames.string(headers, ":event-type", "metadata");

        assertThat(read(Frames.frame(headers.toByteArray(), "{}".getBytes(UTF_8))))
                .containsExactly(new Event("metadata", "{}"));
    }

    @Test
    void anErrorThatIsNoExceptionOfTheServiceHasItsWordsInHeaders() {
        var headers = new ByteArrayOutputStream();
        Frames.string(headers, ":message-type", "error");
        Frames.string(headers, ":error-code", "InternalFailure");
        Frames.string(headers, ":error-message", "it broke");

        assertThat(read(Frames.frame(headers.toByteArray(), new byte[0])))
                .containsExactly(new Event("exception:InternalFailure", "{\"message\":\"it broke\"}"));
    }

    @Test
    void noDamagedByteGoesUnseen() {
        byte[] stream = Frames.event("contentBlockDelta", "{\"delta\":{\"text\":\"hi\"}}");
        for (int at = 0; at < stream.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = stream.clone();
                damaged[at] ^= (byte) (1 << bit);

                assertThatThrownBy(() -> read(damaged))
                        .isInstanceOf(BrokenAnswer.class)
                        .hasMessageContaining("damaged");
            }
        }
    }

    @Test
    void aMessageThatIsTooLongIsNotGathered() {
        byte[] huge = Frames.frame(new byte[0], new byte[LONGEST]);

        assertThatThrownBy(() -> read(huge)).isInstanceOf(BrokenAnswer.class).hasMessageContaining("longer than");
    }

    @ParameterizedTest
    @CsvSource({"15,0", "16,1", "40,25", "40,-1", "-1,0"})
    void lengthsThatContradictEachOtherAreRefused(int total, int headers) {
        byte[] prelude = ByteBuffer.allocate(8).putInt(total).putInt(headers).array();
        var crc = new java.util.zip.CRC32();
        crc.update(prelude);
        byte[] start = ByteBuffer.allocate(12)
                .put(prelude)
                .putInt((int) crc.getValue())
                .array();

        assertThatThrownBy(() -> read(start)).isInstanceOf(BrokenAnswer.class);
    }

    @ParameterizedTest
    @CsvSource({"0568", "016807000a61", "01680a", "0168", "01680500", "01680900", "01680600"})
    void headersThatDoNotFitAreRefused(String hex) {
        assertThatThrownBy(() -> read(Frames.frame(HexFormat.of().parseHex(hex), new byte[0])))
                .isInstanceOf(BrokenAnswer.class);
    }

    @Property(tries = 2000)
    void anyBytesAreMessagesOrBroken(@ForAll byte[] bytes) {
        try {
            read(bytes);
        } catch (BrokenAnswer e) {
            assertThat(e).hasMessageContaining("damaged");
        }
    }

    @Property(tries = 2000)
    void anyHeadersAreReadOrBroken(@ForAll byte[] headers, @ForAll byte[] payload) {
        try {
            assertThat(read(Frames.frame(headers, payload))).hasSize(1);
        } catch (BrokenAnswer e) {
            assertThat(e).hasMessageContaining("damaged");
        }
    }
}
