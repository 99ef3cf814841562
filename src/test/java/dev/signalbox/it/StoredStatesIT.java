package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** What is ordered of a provider at one replica holds at another and over restarts: through the store. */
@Timeout(120)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DisabledIfSystemProperty(
        named = "signalbox.executable",
        matches = ".+",
        disabledReason = "the embedded store needs the JVM")
class StoredStatesIT {

    private static final Duration SOON = Duration.ofSeconds(2);
    private static final int LAST = Integer.MAX_VALUE;
    private static final String KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final Lanes LANES = Lanes.of(4);

    private static Gateway here;
    private static Gateway there;

    @BeforeAll
    static void startTwo() throws IOException {
        here = Gateway.with(LANES).and("signalbox.store.kind", "embedded").environment("SIGNALBOX_ENCRYPTION_KEY", KEY);
        Path data = here.directory().resolve("data");
        here.and("signalbox.store.directory", data.toString()).start();
        Await.until("the store is there", () -> here.log().contains("the store is there"));
        there = Gateway.bare()
                .environment("SIGNALBOX_ENCRYPTION_KEY", KEY)
                .and("signalbox.store.kind", "postgres")
                .and(
                        "quarkus.datasource.jdbc.url",
                        "jdbc:postgresql://127.0.0.1:" + text(data.resolve("postgres/port")) + "/postgres")
                .and("quarkus.datasource.username", "signalbox")
                .and("quarkus.datasource.password", text(data.resolve("postgres/password")));
        LANES.configuration().forEach(there::and);
        there.start();
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file).strip();
    }

    @AfterAll
    static void stopBoth() {
        there.close();
        here.close();
    }

    private static JsonNode provider(Gateway gateway, String name) {
        return Shapes.json(gateway.request().get("/admin/v1/providers/" + name).asString());
    }

    private static String health(Gateway gateway, String name) {
        return provider(gateway, name).path("health").asText();
    }

    private static void order(Gateway gateway, String provider, String what, String body) {
        Response answer = gateway.post("/admin/v1/providers/" + provider + "/" + what, body);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
    }

    private static String servedBy(Gateway gateway, Lane lane) {
        return gateway.ask(lane.model()).header("x-signalbox-provider");
    }

    @Test
    void aDrainHoldsOnAllReplicasAndOverARestart() {
        Lane lane = LANES.next();
        order(here, lane.firstName(), "drain", "");
        String reason = provider(here, lane.firstName()).path("health_reason").asText();
        Await.until(
                "it is drained there",
                SOON,
                () -> health(there, lane.firstName()).equals("draining"));

        there.kill();
        there.start();

        assertThat(servedBy(there, lane)).isEqualTo(lane.secondName());
        assertThat(provider(there, lane.firstName()).path("health_reason").asText())
                .isEqualTo(reason);
        assertThat(there.request().get("/q/health/group/providers").asString()).contains("drained since");
        assertThat(lane.first().received()).isEmpty();
        order(there, lane.firstName(), "resume", "");
        assertThat(servedBy(there, lane)).isEqualTo(lane.firstName());
        Await.until("it is back here", SOON, () -> servedBy(here, lane).equals(lane.firstName()));
    }

    @Test
    void aDrillHoldsOnAllReplicasAndOverARestartAndEndsByItself() {
        Lane lane = LANES.next();
        order(there, lane.firstName(), "fault", """
            {"failure": "malformed", "rate": 0.25, "latency": "7ms", "for": "15s"}""");
        JsonNode fault = provider(there, lane.firstName()).path("fault");
        assertThat(fault.path("rate").asDouble()).isEqualTo(0.25);
        Await.until(
                "it is drilled here",
                SOON,
                () -> provider(here, lane.firstName()).path("fault").equals(fault));

        there.kill();
        there.start();

        assertThat(provider(there, lane.firstName()).path("fault")).isEqualTo(fault);
        for (Gateway gateway : new Gateway[] {here, there}) {
            Await.until(
                    "the drill ends",
                    Duration.ofSeconds(20),
                    () -> provider(gateway, lane.firstName()).path("fault").isNull());
        }
    }

    @Test
    void aProviderThatIsMadeAnewIsNotDrained() {
        String definition = """
            {"name":"fresh","kind":"openai-compatible","base-url":"http://127.0.0.1:9/v1","api-keys":["sk-fresh-0123456789"]}""";
        assertThat(here.post("/admin/v1/providers", definition).statusCode()).isEqualTo(201);
        order(here, "fresh", "drain", "");
        Await.until("it is drained there", SOON, () -> health(there, "fresh").equals("draining"));

        Response deleted =
                here.request().header("content-type", "application/json").delete("/admin/v1/providers/fresh");
        assertThat(deleted.statusCode()).as(deleted.asString()).isLessThan(300);
        assertThat(here.post("/admin/v1/providers", definition).statusCode()).isEqualTo(201);

        for (Gateway gateway : new Gateway[] {here, there}) {
            Await.until(
                    "it is not drained", SOON, () -> health(gateway, "fresh").equals("healthy"));
        }
    }

    @Test
    @Order(LAST)
    void withoutTheStoreWhatIsKnownStays() {
        Lane lane = LANES.next();
        order(here, lane.firstName(), "drain", "");
        Await.until(
                "it is drained there",
                SOON,
                () -> health(there, lane.firstName()).equals("draining"));

        here.terminate();
        Await.until(
                "it is noticed",
                Duration.ofSeconds(30),
                () -> there.log().contains("drains and fault drills of other replicas cannot be followed for now"));

        assertThat(servedBy(there, lane)).isEqualTo(lane.secondName());
        Response refused = there.post("/admin/v1/providers/" + lane.firstName() + "/resume", "");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(Shapes.json(refused.asString()).path("error").path("code").asText())
                .isEqualTo("store_unavailable");
        assertThat(health(there, lane.firstName())).isEqualTo("draining");
    }
}
