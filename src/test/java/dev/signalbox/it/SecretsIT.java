package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Secrets are planted everywhere, everything goes wrong, and then they are looked for everywhere. */
@Timeout(90)
class SecretsIT {

    private static final String VIRTUAL = "sk-sb-canary-virtual-0123456789";
    private static final String ADMIN = "canary-admin-0123456789";
    private static final String PROMPT = "canary-prompt-words";
    private static final String ANSWER = "canary-answer-words";
    private static final String HEADER = "canary-header-of-the-provider";
    private static final String FOREIGN = "sk-canary-foreign-0123456789";

    private static final Lanes LANES = Lanes.of(14)
            .each("signalbox.providers.a%d.api-keys[0]", "sk-canary-provider-a%d")
            .each("signalbox.providers.b%d.api-keys[0]", "sk-canary-provider-b%d")
            .each("signalbox.providers.a%d.headers.x-secret", HEADER)
            .each("signalbox.providers.a%d.first-token-timeout", "500ms")
            .each("signalbox.providers.a%d.idle-timeout", "500ms")
            .set("signalbox.providers.a1.kind", "anthropic")
            .set("signalbox.models.m1.max-output-tokens", "100");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES)
            .and("signalbox.auth.admin-key", ADMIN)
            .and("signalbox.auth.keys.ci.key", VIRTUAL)
            .environment("OPENAI_API_KEY", "sk-canary-environment")
            // so that whatever can be logged is
            .and("quarkus.log.category.\"dev.signalbox\".level", "DEBUG");

    private static final List<String> SEEN = new ArrayList<>();

    private static Response ask(String body, String... headers) {
        String[] all = new String[headers.length + 2];
        all[0] = "authorization";
        all[1] = "Bearer " + VIRTUAL;
        System.arraycopy(headers, 0, all, 2, headers.length);
        Response answer = GATEWAY.chat(body, all);
        SEEN.add(answer.headers() + "\n" + answer.asString().replace(ANSWER, "").replace(PROMPT, ""));
        return answer;
    }

    private static void stream(String model) {
        try (Listener listener = Listener.ask(
                GATEWAY, Shapes.streamed(model).replace("hi", PROMPT), "authorization", "Bearer " + VIRTUAL)) {
            SEEN.add(String.join("\n", listener.rest()).replace("canary-answer-words", ""));
        }
    }

    private static FakeVendor.Answer gossip(int status) {
        return (request, wire) -> wire.answer(
                status,
                OpenAiAnswers.error(
                        "some_code", "Bad key " + request.header("authorization") + " " + request.header("x-api-key")),
                "x-echo",
                "canary-in-a-header");
    }

    @Test
    void noSecretIsFoundAnywhere() throws IOException {
        for (int status : new int[] {200, 400, 401, 403, 404, 429, 500, 503}) {
            Lane lane = LANES.next();
            lane.first().answers(gossip(status));
            lane.second().answers(gossip(status));
            ask(Shapes.question(lane.model(), PROMPT));
            stream(lane.model());
        }
        for (FakeVendor.Answer good : List.of(OpenAiAnswers.text(ANSWER), (FakeVendor.Answer) (request, wire) -> {
            if (request.isStream()) {
                wire.events()
                        .send(OpenAiAnswers.delta(ANSWER))
                        .send("data: {broken " + request.header("authorization") + "\n\n")
                        .cut();
            } else {
                wire.answer(200, "{broken " + request.header("authorization"));
            }
        })) {
            Lane lane = LANES.next();
            lane.first().answers(good);
            lane.second().answers(good);
            assertThat(ask(Shapes.question(lane.model(), PROMPT)).statusCode()).isIn(200, 503);
            stream(lane.model());
        }
        ask(Shapes.question("m1", PROMPT));
        ask("{\"model\":\"m0\",\"messages\":\"" + PROMPT + "\"}");
        ask("{\"model\":\"m0\",\"messages\":[{\"role\":\"" + PROMPT + "\"");
        ask(Shapes.question("m0", PROMPT), "x-signalbox-timeout", "nonsense");
        SEEN.add(GATEWAY.ask("m0", "authorization", "Bearer " + FOREIGN).asString());
        SEEN.add(GATEWAY.request().get("/v1/models?key=" + FOREIGN).asString());
        SEEN.add(GATEWAY.request()
                .header("authorization", "Bearer " + ADMIN)
                .get("/admin/v1/requests?limit=100")
                .asString());

        for (String page : new String[] {
            "/q/metrics",
            "/q/health",
            "/q/health/live",
            "/q/health/ready",
            "/q/health/started",
            "/q/health/group/providers",
            "/q/openapi",
            "/q/swagger-ui",
            "/q/dev",
            "/q/info",
            "/q/arc/beans",
            "/q",
        }) {
            noSecretIn(page, GATEWAY.request().get(page).asString());
        }
        for (String seen : SEEN) {
            noSecretIn("an answer", seen);
        }
        noSecretIn("the log", GATEWAY.log());
        try (Stream<Path> files = Files.walk(GATEWAY.directory())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.getFileName().toString().equals("application.properties")) {
                    noSecretIn(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
                }
            }
        }
    }

    private static void noSecretIn(String place, String text) {
        assertThat(text.toLowerCase(java.util.Locale.ROOT)).as(place).doesNotContain("canary");
    }

    @AfterAll
    static void everyVendorWasGivenItsOwnKeyOnly() {
        for (int i = 0; i < 14; i++) {
            Lane lane = LANES.lane(i);
            String own = "sk-canary-provider-a" + i;
            assertThat(lane.first().received())
                    .allSatisfy(
                            request -> assertThat(request.headers().toString().replace(own, ""))
                                    .doesNotContain("sk-"));
        }
    }

    @Test
    void noSecretIsInTheMessageOfAStartThatFails() {
        try (Gateway gateway = Gateway.bare()
                .and("signalbox.providers.one.kind", "nonsense")
                .and("signalbox.providers.one.api-keys[0]", "sk-canary-start")
                .and("signalbox.auth.keys.a.key", "sk-canary-same")
                .and("signalbox.auth.keys.b.key", "sk-canary-same")) {
            assertThat(gateway.expectStartFailure("signalbox.")).doesNotContain("canary");
        }
    }
}
