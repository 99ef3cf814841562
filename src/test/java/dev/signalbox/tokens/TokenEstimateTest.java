package dev.signalbox.tokens;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TokenEstimateTest {

    @Test
    void wordsCountForASixthOfTheirCharactersAtLeast() {
        assertThat(least("{\"a\":\"" + "word ".repeat(6_000) + "\"}")).isBetween(5_000L, 5_001L);
    }

    @Test
    void otherScriptsAreCountedByTheirBytesHoweverTheyAreWritten() {
        assertThat(least("{\"a\":\"" + "я".repeat(5_000) + "\"}")).isEqualTo(1_000);
        assertThat(least("{\"a\":\"" + "\\u044f".repeat(5_000) + "\"}")).isEqualTo(1_000);
    }

    @Test
    void base64IsNoText() {
        byte[] random = new byte[300_000];
        new Random(1).nextBytes(random);
        String data = Base64.getEncoder().encodeToString(random);

        assertThat(least("{\"a\":\"data:image/png;base64," + data + "\"}")).isZero();
        assertThat(least("{\"a\":\"" + data.replace("/", "\\/") + "\"}")).isZero();
        assertThat(least("{\"a\":\"" + "x".repeat(60_000) + "\"}")).isEqualTo(10_000);
    }

    @Test
    void base64OfSilenceIsNoText() {
        byte[] silence = new byte[300_000];
        for (int i = 0; i < 44; i++) {
            silence[i] = (byte) (i * 37 + 11);
        }

        assertThat(least("{\"a\":\"" + Base64.getEncoder().encodeToString(silence) + "\"}"))
                .isZero();
    }

    @Property
    void noTextHasMoreAtLeastThanAbout(@ForAll String text) {
        assertThat(least("\"" + text.replace("\\", "").replace("\"", "") + "\""))
                .isLessThanOrEqualTo(TokenEstimate.of(text));
    }

    private static long least(String json) {
        return TokenEstimate.least(json.getBytes(UTF_8));
    }
}
