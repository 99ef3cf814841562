package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What operators see: health, and metrics whose labels no caller can make. */
@Timeout(60)
class HealthAndMetricsIT {

    private static final Lanes LANES = Lanes.of(10)
            .each("signalbox.models.m%d.pricing.input", "1")
            .each("signalbox.models.m%d.pricing.output", "1")
            .each("signalbox.providers.a%d.circuit.volume", "2")
            .set("signalbox.models.\"gpt-*\".deployments[0].provider", "a0");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    static {
        LANES.next();
    }

    private static double value(String start) {
        return GATEWAY.metrics()
                .lines()
                .filter(line -> line.startsWith(start))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void itIsAliveAndReady() {
        Response live = GATEWAY.request().get("/q/health/live");
        Response ready = GATEWAY.request().get("/q/health/ready");

        assertThat(live.statusCode()).isEqualTo(200);
        assertThat(Shapes.json(live.asString()).path("status").asText()).isEqualTo("UP");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(Shapes.json(ready.asString()).path("status").asText()).isEqualTo("UP");
        assertThat(ready.asString()).contains("a0", "b0");
    }

    @Test
    void everyProviderHasACheckOfItsOwn() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(500, "server_error", "oops"));
        GATEWAY.ask(lane.model());
        GATEWAY.ask(lane.model());

        JsonNode health =
                Shapes.json(GATEWAY.request().get("/q/health/group/providers").asString());

        Set<String> names = new TreeSet<>();
        JsonNode broken = null;
        for (JsonNode check : health.path("checks")) {
            names.add(check.path("name").asText());
            if (check.path("name").asText().equals(lane.firstName())) {
                broken = check;
            }
        }
        assertThat(names).contains("a0", "b0", lane.firstName(), lane.secondName());
        assertThat(broken).isNotNull();
        assertThat(broken.path("status").asText()).isEqualTo("DOWN");
        assertThat(GATEWAY.request().get("/q/health/ready").statusCode()).isEqualTo(200);
        assertThat(value("signalbox_provider_up{provider=\"" + lane.firstName() + "\"}"))
                .isZero();
        assertThat(value("signalbox_provider_up{provider=\"" + lane.secondName() + "\"}"))
                .isEqualTo(1);
    }

    @Test
    void requestsAndAttemptsAreCounted() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(503, "overloaded", "busy"));

        GATEWAY.ask(lane.model());
        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            listener.rest();
        }

        String labels = "{model=\"" + lane.model() + "\",provider=\"" + lane.secondName() + "\",status=\"200\"}";
        Await.until("two requests", () -> value("signalbox_requests_total" + labels) == 2);
        String deployment = lane.firstName() + "/" + Lanes.FIRST_MODEL;
        String second = lane.secondName() + "/" + Lanes.SECOND_MODEL;
        assertThat(GATEWAY.metrics().lines().filter(line -> line.startsWith("signalbox_attempts_total{")))
                .anyMatch(line -> line.contains("deployment=\"" + deployment + "\"")
                        && line.contains("provider=\"" + lane.firstName() + "\"")
                        && line.contains("outcome=\"")
                        && line.endsWith(" 2.0"))
                .anyMatch(line -> line.contains("deployment=\"" + second + "\"") && line.endsWith(" 2.0"));
        assertThat(GATEWAY.metrics().lines().filter(line -> line.startsWith("signalbox_fallbacks_total{")))
                .anyMatch(line -> line.contains("from=\"" + deployment) && line.contains("to=\"" + second));
    }

    @Test
    void tokensTimeAndMoneyAreCounted() {
        Lane lane = LANES.next();

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            listener.rest();
        }

        String model = "\"" + lane.model() + "\"";
        Await.until(
                "the request is counted",
                () -> GATEWAY.metrics()
                        .lines()
                        .anyMatch(line -> line.startsWith("signalbox_requests_total{") && line.contains(model)));
        String metrics = GATEWAY.metrics();
        for (String name : new String[] {
            "gen_ai_client_operation_duration_seconds_count",
            "gen_ai_client_operation_duration_seconds_bucket",
            "gen_ai_server_time_to_first_token_seconds_count",
            "gen_ai_client_token_usage_sum",
            "signalbox_cost_usd_total",
        }) {
            assertThat(metrics.lines().filter(line -> line.startsWith(name + "{") && line.contains(model)))
                    .as(name)
                    .isNotEmpty();
        }
        assertThat(metrics.lines().filter(line -> line.startsWith("signalbox_cost_usd_total{") && line.contains(model)))
                .singleElement()
                .satisfies(line -> assertThat(Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                        .isBetween(0.0000119, 0.0000121));
        assertThat(metrics).contains("signalbox_overhead_seconds_count", "signalbox_ledger_lag");
    }

    @Test
    void activeRequestsAreCountedWhileTheyAre() {
        Lane lane = LANES.next();
        lane.first()
                .answers((_, wire) ->
                        wire.events().send(OpenAiAnswers.delta("w ")).silent());

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            listener.next();
            assertThat(value("signalbox_active_requests ")).isEqualTo(1);
        }
        Await.until("it is over", () -> value("signalbox_active_requests ") == 0);
    }

    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    private static Set<String> labels() {
        return GATEWAY.metrics()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .flatMap(line -> LABEL.matcher(line).results())
                .map(found -> found.group(1) + "=" + found.group(2))
                .filter(label -> label.contains("random"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void noCallerCanMakeNewLabels() {
        for (int i = 0; i < 50; i++) {
            GATEWAY.ask("random-model-" + i);
            GATEWAY.ask("gpt-random-" + i);
            GATEWAY.ask("a0/random-" + i);
            GATEWAY.ask(
                    "m0",
                    "x-signalbox-tags",
                    "random=random" + i,
                    "user-agent",
                    "random-" + i,
                    "x-request-id",
                    "random-" + i);
            GATEWAY.request().get("/v1/random/" + i);
            GATEWAY.request().get("/v1/models/random-" + i);
        }

        assertThat(labels()).isEmpty();
    }

    @Test
    void unknownModelsAreCountedToo() {
        double before = value("signalbox_requests_total{");

        GATEWAY.ask("no-such-model");

        Await.until("it is counted", () -> value("signalbox_requests_total{") > before);
    }
}
