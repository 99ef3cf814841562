package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
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

    private static final List<String> PAGES = List.of(
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
            "/q");

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

        for (String page : PAGES) {
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

    /** One that repeats everything it was sent, credentials first, wherever it can, and whom it is about. */
    private static FakeVendor.Answer echo(int status) {
        return (request, wire) -> {
            // JSON has many ways to write the same
            String gossip = Shapes.quoted(request.headers() + " " + request.path())
                    .replace("/", "\\/")
                    .replace("+", "\\u002b");
            boolean streamed =
                    request.path().contains("tream") || request.body().contains("\"stream\":true");
            String error =
                    "{\"error\":{\"message\":" + gossip + ",\"code\":" + gossip + ",\"type\":" + gossip + ",\"param\":"
                            + gossip + ",\"status\":" + gossip + "},\"message\":" + gossip + ",\"type\":\"error\"}";
            if (status == 200 && streamed) {
                wire.events()
                        .send(OpenAiAnswers.delta("half"))
                        .send(AnthropicAnswers.messageStart())
                        .send(String.join("", AnthropicAnswers.textBlock(0, "half")))
                        .send(GeminiAnswers.delta("half"))
                        .send("event: error\ndata: " + error + "\n\n")
                        .end();
            } else {
                String header = request.headers().toString().replaceAll("[^ -~]", "?");
                wire.answer(status, error, "x-amzn-errortype", header, "x-request-id", header, "retry-after", header);
            }
        };
    }

    @Test
    void noCredentialOfACloudIsFoundAnywhere() throws Exception {
        var pair = KeyPairGenerator.getInstance("RSA");
        pair.initialize(2048);
        String pem = Base64.getEncoder()
                .encodeToString(pair.generateKeyPair().getPrivate().getEncoded());
        String end = pem.substring(100, 140);
        try (var vendor = new FakeVendor();
                var issuer = new FakeVendor();
                Gateway gateway = cloudy(vendor, issuer, pem).start()) {
            List<String> seen = new ArrayList<>();
            for (int issued : new int[] {200, 400, 500}) {
                issuer.answers((request, wire) -> wire.answer(
                        issued,
                        issued == 200
                                ? "{\"token_type\":\"Bearer\",\"expires_in\":1,\"access_token\":\"ya29.canary-token\"}"
                                : "{\"error\":" + Shapes.quoted(request.body()) + ",\"error_description\":"
                                        + Shapes.quoted(request.headers() + request.body()) + "}"));
                for (int status : new int[] {200, 400, 401, 403, 422, 429, 500}) {
                    vendor.answers(echo(status));
                    for (String provider : CLOUDY) {
                        String model = provider + "/claude-sonnet-4-5";
                        seen.add(told(gateway.ask(model, "authorization", "Bearer " + VIRTUAL)));
                        seen.add(told(gateway.chat(Shapes.streamed(model), "authorization", "Bearer " + VIRTUAL)));
                        seen.add(told(gateway.post(
                                "/v1/messages", Shapes.with(model, "\"max_tokens\":9"), "x-api-key", VIRTUAL)));
                        seen.add(told(gateway.post(
                                "/v1beta/models/" + provider + "%2Fclaude-sonnet-4-5:generateContent?key=" + VIRTUAL,
                                "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"hi\"}]}]}")));
                    }
                }
            }
            assertThat(vendor.received().toString())
                    .as("what vendors were sent")
                    .contains(CLOUD_CANARIES);
            assertThat(issuer.received().toString()).contains("canary-entra-secret", "assertion=");
            for (String path : List.of(
                    "/v1beta/models",
                    "/v1beta/nowhere",
                    "/nowhere",
                    "/v1/models",
                    "/v1beta/models/x:y",
                    "/v1beta/models/no-such:generateContent",
                    "/admin/v1/catalogue",
                    "/q/nowhere")) {
                for (String key : List.of(VIRTUAL, FOREIGN)) {
                    seen.add(told(gateway.request().get(path + "?key=" + key)));
                    seen.add(told(gateway.post(path + "?key=" + key, "{")));
                    seen.add(
                            told(gateway.request().header("x-goog-api-key", key).get(path)));
                    seen.add(told(gateway.request()
                            .header("x-api-key", key)
                            .header("anthropic-version", "1")
                            .get(path)));
                }
            }
            for (String page : PAGES) {
                seen.add(told(gateway.request().get(page)));
            }
            for (String page :
                    List.of("/admin/v1/requests?limit=1000", "/admin/v1/catalogue?limit=1000", "/admin/v1/usage")) {
                seen.add(told(gateway.request()
                        .header("authorization", "Bearer " + ADMIN)
                        .get(page)));
            }
            seen.add(gateway.log());
            for (String place : seen) {
                noSecretIn("an answer, a page or the log", place);
                assertThat(place).doesNotContain(end);
            }
        }
    }

    private static String told(Response answer) {
        return answer.headers() + "\n" + answer.asString();
    }

    private static final List<String> CLOUDY =
            List.of("chatty", "responding", "claude", "gem", "coh", "oll", "vert", "rock", "az", "entra");

    private static final String[] CLOUD_CANARIES = {
        "canary-of-chatty",
        "canary-of-claude",
        "canary-of-gem",
        "canary-of-coh",
        "canary-of-oll",
        "canary-of-az",
        "canary-session-token",
        "CANARYID",
        "ya29.canary-token"
    };

    private static Gateway cloudy(FakeVendor vendor, FakeVendor issuer, String pem) {
        Gateway gateway = Gateway.bare()
                .and("signalbox.auth.admin-key", ADMIN)
                .and("signalbox.auth.keys.ci.key", VIRTUAL)
                .and("quarkus.log.category.\"dev.signalbox\".level", "DEBUG")
                .environment("AZURE_TENANT_ID", "tenant-1")
                .environment("AZURE_CLIENT_ID", "client-1")
                .environment("AZURE_AUTHORITY_HOST", issuer.root())
                .environment("AZURE_CLIENT_SECRET", "canary-entra-secret");
        List<String> kinds = List.of(
                "openai-compatible",
                "openai",
                "anthropic",
                "gemini",
                "cohere",
                "ollama",
                "vertex",
                "bedrock",
                "azure-openai",
                "azure-openai");
        for (int i = 0; i < kinds.size(); i++) {
            String at = "signalbox.providers." + CLOUDY.get(i);
            gateway.and(at + ".kind", kinds.get(i))
                    .and(at + ".base-url", vendor.root() + (kinds.get(i).startsWith("openai") ? "/v1" : ""))
                    .and(at + ".max-retries", "0")
                    .and(at + ".headers.x-secret", "canary-header")
                    .and(at + ".circuit.volume", "1000000");
            if (!List.of("vert", "rock", "entra").contains(CLOUDY.get(i))) {
                gateway.and(at + ".api-keys[0]", "canary-of-" + CLOUDY.get(i) + "/x+y=");
            }
        }
        return gateway.and("signalbox.providers.rock.region", "eu-central-1")
                .and(
                        "signalbox.providers.rock.credentials",
                        "{\"accessKeyId\":\"CANARYID\",\"secretAccessKey\":\"canary-secret-access\",\"sessionToken\":\"canary-session-token/+=\"}")
                .and("signalbox.providers.vert.project", "p-12345")
                .and("signalbox.providers.vert.credentials", """
                    {"type":"service_account","project_id":"p-12345","private_key_id":"canary-key-id","private_key":"%s",\
                    "client_email":"gw@p.iam.gserviceaccount.com","token_uri":"%s/token"}""".formatted(
                        "-----BEGIN PRIVATE KEY-----\\n" + pem + "\\n-----END PRIVATE KEY-----\\n", issuer.root()));
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
