package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.it.Ensembles.Ensemble;
import dev.signalbox.it.FakeVendor.Answer;
import io.restassured.response.Response;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A caller who leaves it to the gateway which model answers. */
@Timeout(60)
class AutoIT {

    private static final Answer BUSY = OpenAiAnswers.error(503, "overloaded", "busy");
    private static final String ALL_KEY = "sk-all-0123456789";
    private static final String BIG_KEY = "sk-big-0123456789";
    private static final String MIDDLE_KEY = "sk-middle-0123456789";

    private static final Ensembles ALL = new Ensembles();

    /** Cheap and slow, with a small window. */
    private static final Ensemble SMALL = ALL.model("small", 1)
            .price('a', "1", "1")
            .provider('a', "quality", "low")
            .model("context-window", "3000");

    /** Fast. */
    private static final Ensemble MIDDLE =
            ALL.model("middle", 1).price('a', "5", "5").model("context-window", "100000");

    /** Good, dear and slow. */
    private static final Ensemble BIG = ALL.model("big", 1)
            .price('a', "20", "20")
            .provider('a', "quality", "high")
            .model("context-window", "200000");

    private static final List<Ensemble> MODELS = List.of(SMALL, MIDDLE, BIG);

    @RegisterExtension
    static final Gateway GATEWAY = ALL.configure(Gateway.bare())
            .and("signalbox.auth.keys.all.key", ALL_KEY)
            .and("signalbox.auth.keys.big.key", BIG_KEY)
            .and("signalbox.auth.keys.big.models[0]", "big")
            .and("signalbox.auth.keys.middle.key", MIDDLE_KEY)
            .and("signalbox.auth.keys.middle.providers[0]", "middle-a");

    @AfterAll
    static void close() {
        ALL.close();
    }

    @AfterEach
    void everybodyIsWell() {
        MODELS.forEach(model -> model.vendor('a').answers(OpenAiAnswers.hello()));
    }

    private static String[] as(String key, String... headers) {
        String[] all = new String[headers.length + 2];
        all[0] = "authorization";
        all[1] = "Bearer " + key;
        System.arraycopy(headers, 0, all, 2, headers.length);
        return all;
    }

    private static Response ask(String model, String words, String key) {
        return GATEWAY.chat(Shapes.question(model, words), as(key));
    }

    private static String provider(Response answer) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return answer.header("x-signalbox-provider");
    }

    @ParameterizedTest
    @CsvSource({
        "auto:cost, hi, small-a",
        "auto:cost, please analyze this, small-a",
        "auto:quality, hi, big-a",
        "auto, hi, small-a",
        "auto, please analyze and compare these, big-a",
    })
    void theModelFollowsFromTheRequest(String model, String words, String provider) {
        assertThat(provider(ask(model, words, ALL_KEY))).isEqualTo(provider);
    }

    @Test
    void theFastestIsKnownByWhatItDid() {
        SMALL.vendor('a').answers(Slowly.hello(150));
        BIG.vendor('a').answers(Slowly.hello(150));
        for (Ensemble model : MODELS) {
            for (int i = 0; i < 3; i++) {
                ask(model.model(), "hi", ALL_KEY);
            }
        }

        assertThat(provider(ask("auto:latency", "hi", ALL_KEY))).isEqualTo("middle-a");
        // neither simple nor complex: the fastest
        assertThat(provider(ask("auto", "one ".repeat(20), ALL_KEY))).isEqualTo("middle-a");
    }

    @Test
    void whatIsTooLongForOneGoesToOneThatIsLargeEnough() {
        String words = "and so on ".repeat(6_000);

        assertThat(provider(ask("auto:cost", words, ALL_KEY))).isEqualTo("middle-a");
        assertThat(SMALL.vendor('a').received())
                .noneMatch(request -> request.body().contains(words));
    }

    @Test
    void whatIsTooLongForAllIsRefused() {
        Response answer = ask("auto:cost", "and so on ".repeat(300_000), ALL_KEY);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Shapes.json(answer.asString()).at("/error/code").asText()).isEqualTo("context_length_exceeded");
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "auto:cost", "auto:latency", "auto:quality"})
    void aKeysListsFilterWhatIsChosenFrom(String model) {
        assertThat(provider(ask(model, "hi", BIG_KEY))).isEqualTo("big-a");
        assertThat(provider(ask(model, "please analyze this", MIDDLE_KEY))).isEqualTo("middle-a");
    }

    @Test
    void aKeysListsFilterWhoComesNextToo() {
        BIG.vendor('a').answers(BUSY);

        assertThat(ask("auto", "please analyze this", BIG_KEY).statusCode()).isEqualTo(503);
        assertThat(provider(ask("auto", "please analyze this", ALL_KEY))).isNotEqualTo("big-a");
    }

    @Test
    void theNextCheapestComesNext() {
        SMALL.vendor('a').answers(BUSY);

        Response answer = ask("auto:cost", "hi", ALL_KEY);

        assertThat(provider(answer)).isEqualTo("middle-a");
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("2");
    }

    @Test
    void itMayBeStreamed() {
        try (Listener listener =
                Listener.ask(GATEWAY, Shapes.streamed("auto:quality"), "authorization", "Bearer " + ALL_KEY)) {
            assertThat(listener.header("x-signalbox-provider")).isEqualTo("big-a");
            assertThat(Listener.text(listener.rest())).isEqualTo("hello");
        }
    }

    @Test
    void theUpstreamIsAskedForAModelOfItsOwn() {
        ask("auto:quality", "hi", ALL_KEY);

        assertThat(BIG.vendor('a').received().getLast().json().path("model").asText())
                .isEqualTo("up-a");
    }

    @Test
    void wishesHoldHereToo() {
        assertThat(provider(GATEWAY.ask("auto:cost", as(ALL_KEY, "x-signalbox-quality", "medium"))))
                .isEqualTo("middle-a");
        assertThat(GATEWAY.ask("auto:quality", as(ALL_KEY, "x-signalbox-max-cost", "0.000000001"))
                        .statusCode())
                .isEqualTo(402);
        assertThat(provider(GATEWAY.ask("auto", as(ALL_KEY, "x-signalbox-provider", "big-a"))))
                .isEqualTo("big-a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto:beauty", "auto:", "automatic", "Auto"})
    void otherNamesAreNotFound(String model) {
        Response answer = ask(model, "hi", ALL_KEY);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(Shapes.json(answer.asString()).at("/error/code").asText()).isEqualTo("model_not_found");
    }
}
