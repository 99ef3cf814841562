package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.it.Ensembles.Ensemble;
import dev.signalbox.it.FakeVendor.Answer;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whom each strategy picks that spreads requests over those that are as good as each other. */
@Timeout(60)
class BalancingIT {

    private static final Answer BUSY = OpenAiAnswers.error(503, "overloaded", "busy");
    private static final Answer LIMITED =
            OpenAiAnswers.error(429, "rate_limit_exceeded", "slow down", "retry-after", "60");

    private static final Ensembles ALL = new Ensembles();

    private static final Ensemble TURNS = ALL.model("turns", 3, "round-robin").provider('a', "weight", "5");
    private static final Ensemble WEIGHTED = ALL.model("weighted", 3, "weighted-round-robin")
            .provider('a', "weight", "1")
            .deployment('a', "weight", "5");
    private static final Ensemble SAME_REST =
            ALL.model("same-rest", 3, "round-robin").model("fallback-strategy", "round-robin");
    private static final Ensemble CHANCE = ALL.model("chance", 3, "random");
    private static final Ensemble WEIGHTED_CHANCE =
            ALL.model("weighted-chance", 3, "weighted-random").provider('a', "weight", "8");
    private static final Ensemble CONNECTIONS = ALL.model("connections", 3, "least-connections");
    private static final Ensemble QUEUED = ALL.model("queued", 2, "least-connections")
            .provider('a', "max-concurrent", "1")
            .provider('a', "queue-size", "10");
    private static final Ensemble RESPONSE_TIME = ALL.model("response-time", 2, "least-response-time");
    private static final Ensemble ERRORS = ALL.model("errors", 2, "least-errors");
    private static final Ensemble REQUESTS =
            ALL.model("requests", 2, "usage").provider('a', "rate-limit", "300").provider('b', "rate-limit", "600");
    private static final Ensemble TOKENS = ALL.model("tokens", 3, "usage")
            .provider('a', "token-limit", "4000")
            .provider('b', "token-limit", "8000")
            .provider('c', "token-limit", "6000")
            .model("max-output-tokens", "100");
    private static final Ensemble CLIENTS = ALL.model("clients", 3, "client-hash");
    private static final Ensemble PREFIXES = ALL.model("prefixes", 3, "prefix-affinity");
    private static final Ensemble CROWDED = ALL.model("crowded", 3, "prefix-affinity");
    private static final Ensemble DYNAMIC = ALL.model("dynamic-model", 2, "dynamic");
    private static final Ensemble RESTING =
            ALL.model("resting", 3, "round-robin").provider('c', "priority", "2");
    private static final Map<String, Ensemble> TIERED = new HashMap<>();

    static {
        for (String strategy : StrategyNames.spreading().toList()) {
            TIERED.put(
                    strategy,
                    ALL.model("tiers-of-" + strategy, 3, strategy)
                            .provider('a', "priority", "2")
                            .provider('b', "weight", "1")
                            .provider('c', "weight", "1"));
        }
    }

    @RegisterExtension
    static final Gateway GATEWAY = ALL.configure(Gateway.bare()).and("signalbox.adaptation-rate", "0.5");

    @AfterAll
    static void close() {
        ALL.close();
    }

    private static long count(String turns, char letter) {
        return turns.chars().filter(c -> c == letter).count();
    }

    @Test
    void theRestInTheSameOrderTakesNoTurnsOfItsOwn() {
        assertThat(SAME_REST.ask(GATEWAY, 6)).isEqualTo("abcabc");
    }

    @Test
    void roundRobinGoesRoundWhateverTheWeights() {
        assertThat(TURNS.ask(GATEWAY, 9)).isEqualTo("abcabcabc");
    }

    @Test
    void weightedTurnsAreSpreadOut() {
        // credits (a b c): 5 1 1 -> a, 3 2 2 -> a, 1 3 3 -> b, 6 -3 4 -> a, 4 -2 5 -> c, 9 -1 -1 -> a, 7 0 0 -> a
        assertThat(WEIGHTED.ask(GATEWAY, 14)).isEqualTo("aabacaaaabacaa");
    }

    @Test
    void chanceGivesAllTheSame() {
        String turns = CHANCE.ask(GATEWAY, 300);

        // 100 each, with a standard deviation of 8
        for (char letter = 'a'; letter <= 'c'; letter++) {
            assertThat(count(turns, letter)).isBetween(55L, 145L);
        }
    }

    @Test
    void weightedChanceGivesAsMuchAsTheWeightsSay() {
        String turns = WEIGHTED_CHANCE.ask(GATEWAY, 300);

        // 8 of 10: 240, with a standard deviation of 7
        assertThat(count(turns, 'a')).isBetween(205L, 275L);
        assertThat(count(turns, 'b')).isBetween(5L, 60L);
        assertThat(count(turns, 'c')).isBetween(5L, 60L);
    }

    private static CompletableFuture<? extends HttpResponse<?>> begin(Ensemble ensemble, String body, int callsThen) {
        var asked = Listener.asking(GATEWAY, body);
        Await.until(
                "a vendor is asked",
                () -> ensemble.vendors().stream()
                                .mapToInt(vendor -> vendor.received().size())
                                .sum()
                        == callsThen);
        return asked;
    }

    @Test
    void leastConnectionsTakesWhoHasTheFewest() {
        List<Semaphore> permits = new ArrayList<>();
        for (FakeVendor vendor : CONNECTIONS.vendors()) {
            Semaphore permit = new Semaphore(0);
            permits.add(permit);
            vendor.answers(Slowly.when(permit));
        }
        List<CompletableFuture<?>> begun = new ArrayList<>();
        // one each, and the next ones too
        for (int i = 1; i <= 6; i++) {
            begun.add(begin(CONNECTIONS, Shapes.question("connections"), i));
        }
        assertThat(CONNECTIONS.vendors()).allMatch(vendor -> vendor.received().size() == 2);

        // b has none, the others two
        permits.get(1).release(2);
        Await.until(
                "two are answered",
                () -> begun.stream().filter(CompletableFuture::isDone).count() == 2);
        permits.get(1).release(10);
        assertThat(CONNECTIONS.ask(GATEWAY, 3)).isEqualTo("bbb");
        permits.forEach(permit -> permit.release(10));
        begun.forEach(CompletableFuture::join);
    }

    @Test
    void whoWaitsInFrontOfAProviderCountsToo() {
        Semaphore permit = new Semaphore(0);
        QUEUED.vendors().forEach(vendor -> vendor.answers(Slowly.when(permit)));
        // a 1, b 1, and then a with one that waits: two each
        begin(QUEUED, Shapes.question("queued"), 1);
        begin(QUEUED, Shapes.question("queued"), 2);
        var waiting = Listener.asking(GATEWAY, Shapes.question("queued"));
        Gateway.pause(java.time.Duration.ofMillis(300));
        assertThat(QUEUED.vendor('a').received()).hasSize(1);
        assertThat(QUEUED.vendor('b').received()).hasSize(1);
        begin(QUEUED, Shapes.question("queued"), 3);
        assertThat(QUEUED.vendor('b').received()).hasSize(2);

        permit.release(10);
        assertThat(waiting.join().headers().firstValue("x-signalbox-provider")).contains(QUEUED.provider('a'));
    }

    @Test
    void leastResponseTimeTakesTheFastest() {
        RESPONSE_TIME.vendor('a').answers(Slowly.hello(150));

        // who was never asked goes first
        assertThat(RESPONSE_TIME.ask(GATEWAY, 5)).isEqualTo("abbbb");
        // a (150 + 10 x 0) / 11 < 50 is faster than b at 200 and slower
        RESPONSE_TIME.vendor('a').answers(OpenAiAnswers.hello());
        RESPONSE_TIME.vendor('b').answers(Slowly.hello(200));
        for (int i = 0; i < 10; i++) {
            RESPONSE_TIME.ask(GATEWAY, "x-signalbox-provider", RESPONSE_TIME.provider('a'));
        }
        for (int i = 0; i < 4; i++) {
            RESPONSE_TIME.ask(GATEWAY, "x-signalbox-provider", RESPONSE_TIME.provider('b'));
        }
        assertThat(RESPONSE_TIME.ask(GATEWAY, 2)).isEqualTo("aa");
    }

    @Test
    void leastErrorsTakesWhoFailedLeast() {
        ERRORS.vendor('a').answers(BUSY, OpenAiAnswers.hello());
        ERRORS.vendor('b').answers(OpenAiAnswers.hello(), OpenAiAnswers.hello(), BUSY);

        // none: a, which fails; a 1, b 0: b
        assertThat(ERRORS.ask(GATEWAY, 2)).isEqualTo("bb");
        assertThat(ERRORS.vendor('a').received()).hasSize(1);
        // b fails: both 1, and a is the first; b fails again: a 1, b 2
        assertThat(ERRORS.ask(GATEWAY)).isEqualTo("a");
        ERRORS.ask(GATEWAY, "x-signalbox-provider", ERRORS.provider('b'));
        assertThat(ERRORS.ask(GATEWAY, 2)).isEqualTo("aa");
    }

    @Test
    void usageTakesTheMostHeadroomInRequests() {
        String turns = REQUESTS.ask(GATEWAY, 30);

        // of 300 and of 600: b gets twice as many
        assertThat(turns).startsWith("b");
        assertThat(count(turns, 'a')).isBetween(9L, 11L);
    }

    @Test
    void usageTakesTheMostHeadroomInTokens() {
        // at most a hundred tokens and a few: a 0.97, b 0.98, c 0.98 and a little less
        assertThat(TOKENS.ask(GATEWAY)).isEqualTo("b");
        // 12 tokens are taken each time: after 3 it is c's turn too, and after 9 of b's and 5 of c's that of a
        String turns = TOKENS.ask(GATEWAY, 24);
        assertThat(turns.indexOf('c')).isBetween(1, 5);
        assertThat(turns.indexOf('a')).isBetween(9, 20);
    }

    @Test
    void aSessionStaysWhereItIsAndLosingOneProviderMovesOnlyItsShare() {
        Map<String, String> before = places();
        assertThat(places()).isEqualTo(before);
        assertThat(before.values()).contains("a", "b", "c");

        CLIENTS.vendor('b').answers(BUSY);
        Map<String, String> without = places();
        before.forEach((session, place) -> {
            if (place.equals("b")) {
                assertThat(without.get(session)).isIn("a", "c");
            } else {
                assertThat(without).containsEntry(session, place);
            }
        });
        assertThat(before.keySet().stream()
                        .filter(session -> before.get(session).equals("b"))
                        .map(without::get)
                        .distinct())
                .hasSize(2);

        CLIENTS.vendor('b').answers(OpenAiAnswers.hello());
        assertThat(places()).isEqualTo(before);
    }

    private static Map<String, String> places() {
        Map<String, String> places = new HashMap<>();
        for (int i = 0; i < 40; i++) {
            places.put("s" + i, CLIENTS.ask(GATEWAY, "x-signalbox-session", "s" + i));
        }
        return places;
    }

    @Test
    void withoutASessionAUserStaysWhereItIs() {
        Map<String, String> places = new HashMap<>();
        for (int turn = 0; turn < 3; turn++) {
            for (int user = 0; user < 20; user++) {
                String place = Ensemble.who(GATEWAY.chat(Shapes.with("clients", "\"user\":\"u" + user + "\"")));
                assertThat(places.getOrDefault("u" + user, place)).isEqualTo(place);
                places.put("u" + user, place);
            }
        }
        assertThat(places.values().stream().distinct()).hasSizeGreaterThan(1);
        // and whoever says nothing is one and the same
        assertThat(CLIENTS.ask(GATEWAY, 5).chars().distinct()).hasSize(1);
    }

    private static String conversation(String model, String system, int turns) {
        var messages = new StringBuilder("{\"role\":\"system\",\"content\":\"" + system + "\"}");
        for (int i = 0; i < turns; i++) {
            messages.append(",{\"role\":\"user\",\"content\":\"question ")
                    .append(i)
                    .append("\"}");
            if (i < turns - 1) {
                messages.append(",{\"role\":\"assistant\",\"content\":\"hello\"}");
            }
        }
        return "{\"model\":\"" + model + "\",\"messages\":[" + messages + "]}";
    }

    @Test
    void aConversationStaysWhereItsBeginningIs() {
        List<String> places = IntStream.range(0, 20)
                .mapToObj(i -> Ensemble.who(GATEWAY.chat(conversation(PREFIXES.model(), "You are number " + i, 1))))
                .toList();
        assertThat(places).contains("a", "b", "c");

        for (int turns = 2; turns <= 4; turns++) {
            for (int i = 0; i < 20; i++) {
                assertThat(Ensemble.who(GATEWAY.chat(conversation(PREFIXES.model(), "You are number " + i, turns))))
                        .isEqualTo(places.get(i));
            }
        }
    }

    @Test
    void aConversationGoesElsewhereWhereItsPlaceIsCrowded() {
        Semaphore permit = new Semaphore(0);
        CROWDED.vendors().forEach(vendor -> vendor.answers(Slowly.when(permit)));
        String body = conversation("crowded", "You are the same", 1);

        // one call of one is enough for its place; of two, and of three, nobody has more than ceil(1.25 x calls / 3)
        List<CompletableFuture<?>> begun = new ArrayList<>();
        begun.add(begin(CROWDED, body, 1));
        begun.add(begin(CROWDED, body, 2));
        assertThat(CROWDED.vendors().stream().map(vendor -> vendor.received().size()))
                .containsExactlyInAnyOrder(1, 1, 0);
        begun.add(begin(CROWDED, body, 3));
        begun.add(begin(CROWDED, body, 4));
        assertThat(CROWDED.vendors().stream().map(vendor -> vendor.received().size()))
                .containsExactlyInAnyOrder(2, 2, 0);
        permit.release(10);
        begun.forEach(CompletableFuture::join);
    }

    @Test
    void dynamicWeightsFollowWhatIsObserved() {
        DYNAMIC.vendor('b').answers(BUSY);

        // b fails whenever it is its turn, and its weight goes half of the way to nothing each time
        assertThat(DYNAMIC.ask(GATEWAY, 20)).isEqualTo("a".repeat(20));
        int early = DYNAMIC.vendor('b').received().size();
        assertThat(early).isBetween(2, 7);
        DYNAMIC.ask(GATEWAY, 20);
        assertThat(DYNAMIC.vendor('b').received().size() - early).isLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("dev.signalbox.it.StrategyNames#spreading")
    void balancingIsWithinTheBestPriority(String strategy) {
        Ensemble tiers = TIERED.get(strategy);

        assertThat(tiers.ask(GATEWAY, 8)).doesNotContain("a");
        tiers.vendor('b').answers(BUSY);
        tiers.vendor('c').answers(BUSY);
        assertThat(tiers.ask(GATEWAY)).isEqualTo("a");
        assertThat(tiers.vendor('a').received()).hasSize(1);
    }

    @Test
    void theBestPriorityIsThatOfWhoCanBeAsked() {
        RESTING.vendor('a').answers(LIMITED);
        RESTING.vendor('b').answers(LIMITED);
        assertThat(RESTING.ask(GATEWAY)).isEqualTo("c");

        assertThat(RESTING.ask(GATEWAY, 3)).isEqualTo("ccc");
        assertThat(RESTING.vendor('a').received()).hasSize(1);
        assertThat(RESTING.vendor('b').received()).hasSize(1);
    }
}
