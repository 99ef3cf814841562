package dev.signalbox.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @ParameterizedTest
    @ValueSource(strings = {"0.20", "1.0", "0", "12345678901234567890123", "0.1000000000000000000000001"})
    void aNumberKeepsItsDigits(String number) throws IOException {
        assertThat(Json.text(Json.read("{\"n\":" + number + "}"))).isEqualTo("{\"n\":" + number + "}");
    }

    @Test
    void aNumberOfAnySizeCanBeWritten() throws IOException {
        JsonNode huge = Json.read("[1e400000]");
        assertThat(Json.read(Json.bytes(huge))).isEqualTo(huge);
        assertThat(Json.read(Json.text(huge))).isEqualTo(huge);
    }

    @Test
    void halfOfASurrogatePairIsWrittenAsAnEscape() throws IOException {
        assertThat(Json.quoted("a\uD83D")).asString(UTF_8).isEqualToIgnoringCase("\"a\\ud83d\"");
        for (String half : List.of("\uD83D", "\uDE00", "\uD83Da", "\uDE00\u00e4", "\uD83D\uD83D\uDE00")) {
            JsonNode tree = Json.object().put("a", half);
            assertThat(Json.read(Json.bytes(tree))).isEqualTo(tree);
        }
    }

    @Property
    void anyStringIsQuotedSoThatItIsReadAgain(@ForAll("strings") String text) throws IOException {
        assertThat(Json.read(Json.quoted(text)).textValue()).isEqualTo(text);
    }

    @Provide
    Arbitrary<String> strings() {
        return Arbitraries.strings().all().ofMaxLength(20);
    }
}
