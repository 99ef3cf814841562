package dev.signalbox.limits.money;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.catalogue.Capabilities;
import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Caller;
import dev.signalbox.chat.Controls;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Price;
import dev.signalbox.chat.Tariff;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.anthropic.AnthropicDialect;
import dev.signalbox.dialect.gemini.GeminiDialect;
import dev.signalbox.dialect.openai.OpenAiDialect;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An attempt never costs more than its worst case, and that is worked out by hand here. */
class WorstCaseTest {

    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
    private static final Tariff TWO_AND_EIGHT = price("2", "8", "0.5", null, null, null);

    private static Tariff price(
            String input,
            String output,
            @Nullable String cached,
            @Nullable String write,
            @Nullable String hour,
            @Nullable String thought) {
        return Tariff.of(a(input, output, cached, write, hour, thought));
    }

    private static Price a(
            String input,
            String output,
            @Nullable String cached,
            @Nullable String write,
            @Nullable String hour,
            @Nullable String thought) {
        return new Price(
                new BigDecimal(input),
                new BigDecimal(output),
                cached == null ? null : new BigDecimal(cached),
                write == null ? null : new BigDecimal(write),
                hour == null ? null : new BigDecimal(hour),
                thought == null ? null : new BigDecimal(thought));
    }

    private static DeploymentEntry deployment(@Nullable Integer window, @Nullable Integer most) {
        return new DeploymentEntry("p", "up", 1, 1, TWO_AND_EIGHT, window, most, Capabilities.UNKNOWN, Set.of());
    }

    private static Exchange exchange(Dialect dialect, Operation operation, String json) {
        Body body = Body.parse(json.replace('\'', '"').getBytes(UTF_8));
        var arrival = new Exchange.Arrival("req_1", NOON, 1, Caller.ANYONE, Controls.NONE, Map.of());
        return new Exchange(arrival, "x", operation, "m", false, true, body, () -> dialect.decode(body), null);
    }

    private static Exchange openai(String json) {
        return exchange(new OpenAiDialect(), Operation.CHAT, json);
    }

    private static WorstCase worst(Exchange exchange, DeploymentEntry deployment, Tariff tariff) {
        return WorstCase.of(exchange, deployment, tariff, exchange.body().bytes(), List.of(), null);
    }

    private static final String HI = "'messages':[{'role':'user','content':'hi'}]";

    @Test
    void everyByteIsATokenAndTheAnswerIsAsLongAsItMayBe() {
        String body = "{'model':'m'," + HI + ",'max_tokens':100}";
        WorstCase worst = worst(openai(body), deployment(null, 16_384), TWO_AND_EIGHT);

        assertThat(worst.promptTokens()).isEqualTo(body.length());
        assertThat(worst.outputTokens()).isEqualTo(100);
        assertThat(worst.picos()).isEqualTo(body.length() * 2_000_000L + 100 * 8_000_000L);
    }

    @Test
    void anAnswerOfWhichNothingIsSaidIsAsLongAsTheModelCan() {
        Exchange silent = openai("{'model':'m'," + HI + "}");

        assertThat(worst(silent, deployment(8_192, 4_096), TWO_AND_EIGHT).outputTokens())
                .isEqualTo(4_096);
        assertThat(worst(silent, deployment(8_192, null), TWO_AND_EIGHT).outputTokens())
                .isEqualTo(8_192);
        assertThat(worst(silent, deployment(null, null), TWO_AND_EIGHT).outputTokens())
                .isEqualTo(131_072);
        assertThat(WorstCase.of(silent, deployment(null, 4_096), TWO_AND_EIGHT, new byte[0], List.of(), 50L)
                        .outputTokens())
                .as("the provider's own default")
                .isEqualTo(50);
    }

    @Test
    void whatIsNotSaidToTheVendorBindsNobody() {
        Exchange asked = openai("{'model':'m'," + HI + ",'max_tokens':10}");

        assertThat(WorstCase.of(asked, deployment(null, 4_096), TWO_AND_EIGHT, new byte[0], List.of("max_tokens"), null)
                        .outputTokens())
                .isEqualTo(4_096);
    }

    @Test
    void severalAnswersAreSeveralTimesAsDear() {
        assertThat(worst(
                                openai("{'model':'m'," + HI + ",'max_tokens':100,'n':3}"),
                                deployment(null, null),
                                TWO_AND_EIGHT)
                        .outputTokens())
                .isEqualTo(300);
        Exchange texts = exchange(
                new OpenAiDialect(),
                Operation.TEXT_COMPLETION,
                "{'model':'m','prompt':['a','b'],'n':2,'best_of':3,'max_tokens':10}");
        assertThat(worst(texts, deployment(null, 1_000), TWO_AND_EIGHT).outputTokens())
                .as("two texts, three times each, and two of them wanted")
                .isGreaterThanOrEqualTo(2 * 3 * 10);
        assertThat(worst(
                                exchange(
                                        new GeminiDialect(),
                                        Operation.CHAT,
                                        "{'contents':[{'role':'user','parts':[{'text':'hi'}]}],'generationConfig':{'candidateCount':2,'maxOutputTokens':7}}"),
                                deployment(null, null),
                                TWO_AND_EIGHT)
                        .outputTokens())
                .isEqualTo(14);
    }

    @Test
    void theDearestBucketCounts() {
        Exchange asked = openai("{'model':'m'," + HI + ",'max_tokens':10}");
        long bytes = asked.body().bytes().length;

        assertThat(worst(asked, deployment(null, null), price("3", "15", "0.3", "3.75", "6", null))
                        .picos())
                .as("written to a cache for an hour")
                .isEqualTo(bytes * 6_000_000L + 10 * 15_000_000L);
        assertThat(worst(asked, deployment(null, null), price("3", "15", "4", null, null, "20"))
                        .picos())
                .as("thoughts, and a cache that costs more than none")
                .isEqualTo(bytes * 4_000_000L + 10 * 20_000_000L);
    }

    @Test
    void theDearestTierThatCanBeReachedCounts() {
        var tiers = new Tariff(List.of(new Tariff.Period(
                null,
                null,
                a("3", "15", null, null, null, null),
                List.of(
                        new Tariff.Step(50, a("6", "22.5", null, null, null, null)),
                        new Tariff.Step(1_000_000, a("60", "225", null, null, null, null))))));
        Exchange asked = openai("{'model':'m'," + HI + ",'max_tokens':10}");
        long bytes = asked.body().bytes().length;

        assertThat(worst(asked, deployment(null, null), tiers).picos())
                .isEqualTo(bytes * 6_000_000L + 10 * 22_500_000L);
    }

    @Test
    void picturesAreNotWordsAndDocumentsFillTheWindow() {
        String blob = "iVBORw0KGgo".repeat(20_000);
        Exchange picture = openai(
                "{'model':'m','max_tokens':10,'messages':[{'role':'user','content':[{'type':'text','text':'hi'},{'type':'image_url','image_url':{'url':'data:image/png;base64,"
                        + blob + "'}}]}]}");
        WorstCase worst = worst(picture, deployment(128_000, null), TWO_AND_EIGHT);
        assertThat(worst.promptTokens()).isBetween(50_100L, 55_000L);

        Exchange pdf = exchange(
                new AnthropicDialect(),
                Operation.CHAT,
                "{'model':'m','max_tokens':10,'messages':[{'role':'user','content':[{'type':'document','source':{'type':'base64','media_type':'application/pdf','data':'"
                        + blob + "'}}]}]}");
        assertThat(worst(pdf, deployment(200_000, null), TWO_AND_EIGHT).promptTokens())
                .isBetween(200_100L, 205_000L);
        Exchange address = openai(
                "{'model':'m','max_tokens':10,'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'https://x.y/z'}}]}]}");
        assertThat(worst(address, deployment(null, null), TWO_AND_EIGHT).promptTokens())
                .isGreaterThan(50_000);
    }

    @Test
    void moreThanCanBeSaidIsAsMuchAsCanBeSaid() {
        Exchange greedy = openai("{'model':'m'," + HI + ",'max_tokens':9000000000000000000}");

        assertThat(worst(greedy, deployment(null, null), TWO_AND_EIGHT).picos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void vectorsHaveNoAnswer() {
        Exchange vectors = exchange(new OpenAiDialect(), Operation.EMBEDDINGS, "{'model':'m','input':['a','b']}");

        assertThat(worst(vectors, deployment(null, null), TWO_AND_EIGHT).outputTokens())
                .isZero();
    }

    /** Whatever the vendor counts within the bounds, in whatever buckets, costs no more. */
    @Property
    void noBillIsHigher(
            @ForAll @IntRange(min = 1, max = 5_000) int letters,
            @ForAll @IntRange(min = 1, max = 100_000) int most,
            @ForAll @LongRange(min = 0, max = 1_000) long share,
            @ForAll @LongRange(min = 0, max = 1_000) long cached,
            @ForAll @LongRange(min = 0, max = 1_000) long written,
            @ForAll @LongRange(min = 0, max = 1_000) long thought) {
        var tiers = new Tariff(List.of(
                new Tariff.Period(
                        null,
                        null,
                        a("3", "15", "0.3", "3.75", "6", "9"),
                        List.of(
                                new Tariff.Step(1_000, a("6", "22.5", "0.6", "7.5", "12", null)),
                                new Tariff.Step(3_000, a("2", "4", null, null, null, "30")))),
                new Tariff.Period(
                        Instant.parse("2027-01-01T00:00:00Z"), null, a("9", "9", null, null, null, null), List.of())));
        Exchange asked = openai("{'model':'m','messages':[{'role':'user','content':'" + "x".repeat(letters)
                + "'}],'max_tokens':" + most + "}");
        WorstCase worst = worst(asked, deployment(null, null), tiers);

        long prompt = worst.promptTokens() * share / 1_000;
        long read = prompt * cached / 1_000;
        long write = (prompt - read) * written / 1_000;
        long thoughts = (long) most * thought / 1_000;
        var usage = new Usage(prompt - read - write, read, write, most - thoughts, thoughts, write * share / 1_000);

        assertThat(tiers.at(NOON, usage.prompt()).of(usage).picos()).isLessThanOrEqualTo(worst.picos());
    }
}
