package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Ensembles.Ensemble;
import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.Wire.Chunking;
import io.restassured.response.Response;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A second deployment is asked when the first is slow, and whoever speaks first is heard. */
@Timeout(60)
class HedgeIT {

    private static final Answer SILENT = (_, wire) -> wire.silent();
    private static final Answer BUSY = OpenAiAnswers.error(503, "overloaded", "busy");

    private static final Ensembles ALL = new Ensembles();

    private static Ensemble model(String name, String after) {
        return ALL.model(name, 3)
                .price('a', "1", "1")
                .price('b', "1", "1")
                .price('c', "1", "1")
                .model("hedge.after", after)
                .model("hedge.max-extra-spend", "10");
    }

    private static final Ensemble STREAMED = model("streamed", "150ms");
    private static final Ensemble PLAIN = model("plain", "150ms");
    private static final Ensemble FAST = model("fast", "5s");
    private static final Ensemble LATE = model("late", "100ms");
    private static final Ensemble FAILING = model("failing", "100ms");
    private static final Ensemble BOTH = model("both", "100ms");
    private static final Ensemble GONE = model("gone", "100ms");
    private static final Ensemble LIVE = model("live", "p95");
    private static final Ensemble CAPPED = model("capped", "30ms").model("hedge.max-extra-spend", "0.1");
    private static final Ensemble REFUSED = model("refused", "100ms");
    private static final Ensemble BROKEN = model("broken", "100ms").model("resume-streams", "true");
    private static final Ensemble QUEUED =
            model("queued", "100ms").provider('b', "max-concurrent", "1").provider('b', "queue-size", "5");
    private static final Ensemble PAUSED = model("paused", "100ms").provider('a', "max-retries", "1");
    private static final Ensemble STRICT = model("strict", "100ms");

    @RegisterExtension
    static final Gateway GATEWAY = ALL.configure(Gateway.bare());

    @AfterAll
    static void close() {
        ALL.close();
    }

    private static List<String> attempts(JsonNode row) {
        List<String> attempts = new ArrayList<>();
        row.path("attempts")
                .forEach(attempt -> attempts.add(attempt.path("provider").asText()));
        return attempts;
    }

    @Test
    void theFirstTokenWinsAndTheLoserIsCancelled() {
        STREAMED.vendor('a')
                .answers((_, wire) -> wire.events().send(OpenAiAnswers.role()).silent());
        String id;
        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed("streamed"))) {
            id = listener.id();
            List<String> blocks = listener.rest();
            assertThat(listener.header("x-signalbox-provider")).isEqualTo(STREAMED.provider('b'));
            assertThat(Listener.text(blocks)).isEqualTo("hello");
            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
            assertThat(Listener.facts(blocks).path("attempts")).hasSize(2);
        }
        STREAMED.vendor('a').awaitHangUp(Duration.ofSeconds(2));
        assertThat(STREAMED.vendor('c').received()).isEmpty();

        JsonNode row = GATEWAY.row(id);
        assertThat(row.path("status").asInt()).isEqualTo(200);
        assertThat(row.path("provider").asText()).isEqualTo(STREAMED.provider('b'));
        assertThat(attempts(row)).containsExactlyInAnyOrder(STREAMED.provider('a'), STREAMED.provider('b'));
        assertThat(row.path("attempts"))
                .filteredOn(attempt -> attempt.path("provider").asText().equals(STREAMED.provider('a')))
                .singleElement()
                .satisfies(attempt -> assertThat(attempt.path("error").asText()).isNotBlank());
        // seven and five tokens of the winner at 1 a million, and a prompt of the loser's
        assertThat(row.path("cost_usd").decimalValue()).isGreaterThan(new BigDecimal("0.000012"));
        assertThat(row.path("input_tokens").asInt() + row.path("cached_tokens").asInt())
                .isGreaterThan(7);
        assertThat(row.path("estimated").asBoolean()).isTrue();
    }

    @Test
    void plainAnswersAreHedgedToo() {
        PLAIN.vendor('a').answers(SILENT);

        Response answer = GATEWAY.ask("plain");

        assertThat(Ensemble.who(answer)).isEqualTo("b");
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("2");
        PLAIN.vendor('a').awaitHangUp(Duration.ofSeconds(2));
        assertThat(new BigDecimal(answer.header("x-signalbox-cost-usd"))).isGreaterThan(new BigDecimal("0.000012"));
        JsonNode row = GATEWAY.row(answer.header("x-signalbox-request-id"));
        assertThat(attempts(row)).containsExactlyInAnyOrder(PLAIN.provider('a'), PLAIN.provider('b'));
    }

    @Test
    void nothingIsHedgedWhenTheFirstIsFast() {
        assertThat(FAST.ask(GATEWAY, 10)).isEqualTo("aaaaaaaaaa");
        assertThat(Ensemble.who(GATEWAY.chat(Shapes.streamed("fast")))).isEqualTo("a");

        assertThat(FAST.vendor('b').received()).isEmpty();
        JsonNode row = GATEWAY.row(GATEWAY.ask("fast").header("x-signalbox-request-id"));
        assertThat(row.path("cost_usd").decimalValue()).isEqualByComparingTo("0.000012");
        assertThat(row.path("estimated").asBoolean()).isFalse();
    }

    @Test
    void theFirstMayStillWin() {
        LATE.vendor('a').answers(Slowly.hello(400));
        LATE.vendor('b').answers(SILENT);

        Response answer = GATEWAY.ask("late");

        assertThat(Ensemble.who(answer)).isEqualTo("a");
        LATE.vendor('b').awaitHangUp(Duration.ofSeconds(2));
        assertThat(attempts(GATEWAY.row(answer.header("x-signalbox-request-id"))))
                .containsExactlyInAnyOrder(LATE.provider('a'), LATE.provider('b'));
    }

    @Test
    void aSecondThatFailsEndsNothing() {
        FAILING.vendor('a').answers(Slowly.hello(500));
        FAILING.vendor('b').answers(BUSY);
        FAILING.vendor('c').answers(SILENT);

        Response answer = GATEWAY.ask("failing");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Ensemble.who(answer)).isEqualTo("a");
        assertThat(Listener.text(List.of())).isEmpty();
    }

    @Test
    void whenTheFirstFailsAndTheSecondTooTheThirdIsAsked() {
        BOTH.vendor('a').answers((_, wire) -> {
            wire.silent(Duration.ofMillis(300));
            wire.answer(503, OpenAiAnswers.error("overloaded", "busy"));
        });
        BOTH.vendor('b').answers(BUSY);

        Response answer = GATEWAY.ask("both");

        assertThat(Ensemble.who(answer)).isEqualTo("c");
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("3");
        for (FakeVendor vendor : BOTH.vendors()) {
            assertThat(vendor.received()).hasSize(1);
        }
    }

    @Test
    void aSecondThatRefusesEndsNothing() {
        REFUSED.vendor('a').answers(Slowly.hello(400));
        REFUSED.vendor('b').answers(OpenAiAnswers.error(400, "invalid_value", "no"));

        assertThat(REFUSED.ask(GATEWAY)).isEqualTo("a");
        assertThat(REFUSED.vendor('b').received()).hasSize(1);
        assertThat(REFUSED.vendor('c').received()).isEmpty();
    }

    @Test
    void aSecondThatWaitedForItsPlaceTooLongIsNotAskedAndEndsNothing() {
        var permits = new Semaphore(0);
        var more = new Semaphore(0);
        QUEUED.vendor('b').answers(Slowly.when(permits));
        var inThePlace = CompletableFuture.supplyAsync(
                () -> QUEUED.ask(GATEWAY, "x-signalbox-provider", QUEUED.provider('b')), Thread::startVirtualThread);
        Await.until("the place is taken", () -> !QUEUED.vendor('b').received().isEmpty());
        QUEUED.vendor('a').answers((_, wire) -> {
            wire.silent(Duration.ofMillis(400));
            wire.events().send(OpenAiAnswers.role()).send(OpenAiAnswers.delta("hel"));
            more.acquireUninterruptibly();
            wire.send(
                            List.of(
                                    OpenAiAnswers.delta("lo"),
                                    OpenAiAnswers.finish("stop"),
                                    OpenAiAnswers.usage(),
                                    OpenAiAnswers.DONE),
                            Chunking.EVENTS)
                    .end();
        });

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed("queued"))) {
            permits.release(2);
            assertThat(inThePlace.join()).isEqualTo("b");
            // whoever waited has gone by the time that somebody else is served
            assertThat(QUEUED.ask(GATEWAY, "x-signalbox-provider", QUEUED.provider('b')))
                    .isEqualTo("b");
            more.release();
            List<String> blocks = listener.rest();
            assertThat(Listener.text(blocks)).isEqualTo("hello");
            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
        }
        assertThat(QUEUED.vendor('b').received()).hasSize(2);
    }

    @Test
    void whoWasCutShortGoesOnWhenTheWinnerBreaks() {
        BROKEN.vendor('a').answers(SILENT, OpenAiAnswers.text("lo"));
        BROKEN.vendor('b')
                .answers((_, wire) -> wire.events()
                        .send(OpenAiAnswers.role())
                        .send(OpenAiAnswers.delta("hel"))
                        .cut());
        BROKEN.vendor('c').answers(BUSY);

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed("broken"))) {
            List<String> blocks = listener.rest();
            assertThat(Listener.text(blocks)).isEqualTo("hello");
            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
            assertThat(Listener.facts(blocks).path("attempts")).hasSize(4);
        }
        BROKEN.vendor('a').awaitHangUp(Duration.ofSeconds(2));
    }

    @Test
    void whoPausedWhileTheSecondSpokeDoesNotTryAgain() {
        PAUSED.vendor('a').answers(OpenAiAnswers.error(503, "overloaded", "busy", "retry-after-ms", "600"));
        PAUSED.vendor('b').answers(Slowly.stream(1, 1_500));

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed("paused"))) {
            List<String> blocks = listener.rest();
            assertThat(Listener.text(blocks)).isEqualTo("hello");
            assertThat(Listener.facts(blocks).path("attempts")).hasSize(2);
        }
        assertThat(PAUSED.vendor('a').received()).hasSize(1);
    }

    @Test
    void aCallerWhoHangsUpEndsBoth() {
        GONE.vendor('a').answers(SILENT);
        GONE.vendor('b').answers(SILENT);
        var asked = Listener.asking(GATEWAY, Shapes.streamed("gone"));
        Await.until(
                "both are asked",
                () -> GONE.vendor('a').received().size()
                                + GONE.vendor('b').received().size()
                        == 2);

        asked.cancel(true);

        GONE.vendor('a').awaitHangUp(Duration.ofSeconds(3));
        GONE.vendor('b').awaitHangUp(Duration.ofSeconds(3));
        assertThat(GONE.vendor('c').received()).isEmpty();
    }

    @Test
    void aCallerWhoRefusesOthersGetsNoSecond() {
        STRICT.vendor('a').answers(Slowly.hello(300));

        assertThat(STRICT.ask(GATEWAY, "x-signalbox-fallback", "false")).isEqualTo("a");
        assertThat(STRICT.vendor('b').received()).isEmpty();
    }

    @Test
    void theLivePercentileNeedsAHistory() {
        LIVE.vendor('a').answers(Slowly.hello(400));
        assertThat(LIVE.ask(GATEWAY)).isEqualTo("a");
        assertThat(LIVE.vendor('b').received()).isEmpty();

        LIVE.vendor('a').answers(OpenAiAnswers.hello());
        assertThat(LIVE.ask(GATEWAY, 100)).matches("[ab]{100}");
        int before = LIVE.vendor('b').received().size();
        LIVE.vendor('a').answers(SILENT);
        assertThat(LIVE.ask(GATEWAY)).isEqualTo("b");
        assertThat(LIVE.vendor('b').received()).hasSize(before + 1);
    }

    @Test
    void whatSecondAttemptsCostIsCapped() {
        CAPPED.vendor('a').answers(Slowly.hello(120));

        for (int i = 0; i < 40; i++) {
            assertThat(GATEWAY.ask("capped").statusCode()).isEqualTo(200);
        }

        // a tenth of forty, or ten where that is less
        assertThat(CAPPED.vendor('b').received().size()).isBetween(1, 11);
    }
}
