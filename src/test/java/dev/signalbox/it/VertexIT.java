package dev.signalbox.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.FakeVendor.Received;
import dev.signalbox.it.Wire.Chunking;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gemini on Google Cloud: tokens, projects, addresses, and a vendor and a token endpoint that misbehave. */
@Timeout(90)
class VertexIT {

    private static final KeyPair PAIR = pair();

    @TempDir
    static Path directory;

    private static final Map<String, Cloud> CLOUDS = new TreeMap<>();

    @RegisterExtension
    static final Gateway GATEWAY = gateway();

    /** A provider of its own for one test: the vendor, and who issues tokens. */
    private record Cloud(String name, FakeVendor vendor, FakeVendor issuer) {
        static Cloud named(String name) {
            return new Cloud(
                    name, new FakeVendor().answers(GeminiAnswers.hello()), new FakeVendor().answers(tokens(3_600)));
        }

        Gateway configure(Gateway gateway) {
            return gateway.and("signalbox.providers." + name + ".kind", "vertex")
                    .and("signalbox.providers." + name + ".base-url", vendor.root())
                    .and("signalbox.providers." + name + ".max-retries", "0");
        }

        String model() {
            return name + "/gemini-2.5-flash";
        }

        Response ask(Gateway gateway) {
            return gateway.ask(model());
        }

        Response ask() {
            return ask(GATEWAY);
        }

        String serviceAccount() {
            String pem = "-----BEGIN PRIVATE KEY-----\\n"
                    + Base64.getEncoder().encodeToString(PAIR.getPrivate().getEncoded())
                    + "\\n-----END PRIVATE KEY-----\\n";
            return """
                    {"type":"service_account","project_id":"own-project","private_key_id":"k1","private_key":"%s",\
                    "client_email":"gw@own-project.iam.gserviceaccount.com","token_uri":"%s/token"}""".formatted(pem, issuer.root());
        }

        void close() {
            vendor.close();
            issuer.close();
        }
    }

    private static Gateway gateway() {
        Gateway gateway = Gateway.bare().and("quarkus.log.category.\"dev.signalbox\".level", "DEBUG");
        for (String name : List.of(
                "signs", "streams", "herd", "short", "stumbles", "refuses", "turns", "shapes", "gossips", "express")) {
            Cloud cloud = Cloud.named(name);
            CLOUDS.put(name, cloud);
            cloud.configure(gateway);
            if (!name.equals("express")) {
                gateway.and("signalbox.providers." + name + ".credentials", cloud.serviceAccount());
            }
        }
        return gateway.and("signalbox.providers.signs.project", "my-project")
                .and("signalbox.providers.signs.location", "europe-west1")
                .and("signalbox.providers.turns.projects[0]", "first-project")
                .and("signalbox.providers.turns.projects[1]", "second-project")
                .and("signalbox.providers.turns.projects[2]", "third-project")
                .and("signalbox.providers.express.api-keys[0]", "AQ.express");
    }

    @AfterAll
    static void closeClouds() {
        CLOUDS.values().forEach(Cloud::close);
    }

    private static Cloud cloud(String name) {
        return CLOUDS.get(name);
    }

    private static KeyPair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Another token each time, good for so many seconds. */
    private static Answer tokens(int seconds) {
        var count = new AtomicInteger();
        return (_, wire) -> wire.answer(200, token("ya29.token-" + count.incrementAndGet(), seconds));
    }

    private static String token(String token, int seconds) {
        return """
                {"access_token":"%s","expires_in":%d,"token_type":"Bearer"}""".formatted(token, seconds);
    }

    private static String file(String name, String content) {
        try {
            return Files.writeString(directory.resolve(name), content).toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aServiceAccountSignsForItsToken() throws GeneralSecurityException {
        Cloud cloud = cloud("signs");
        assertThat(cloud.ask().statusCode()).isEqualTo(200);
        assertThat(cloud.ask().statusCode()).isEqualTo(200);

        Received asked = cloud.issuer().only();
        assertThat(asked.path()).isEqualTo("/token");
        assertThat(asked.header("content-type")).startsWith("application/x-www-form-urlencoded");
        String form = URLDecoder.decode(asked.body(), UTF_8);
        assertThat(form).contains("grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer");
        String[] parts = form.replaceAll(".*assertion=([^&]*).*", "$1").split("\\.");
        JsonNode claims = Shapes.json(new String(Base64.getUrlDecoder().decode(parts[1]), UTF_8));
        assertThat(claims.path("iss").asText()).isEqualTo("gw@own-project.iam.gserviceaccount.com");
        assertThat(claims.path("aud").asText()).isEqualTo(cloud.issuer().root() + "/token");
        Signature verifier = Signature.getInstance("SHA256withRSA");
        verifier.initVerify(PAIR.getPublic());
        verifier.update((parts[0] + '.' + parts[1]).getBytes(UTF_8));
        assertThat(verifier.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();

        assertThat(cloud.vendor().received()).hasSize(2).allSatisfy(request -> {
            assertThat(request.path())
                    .isEqualTo("/v1/projects/my-project/locations/europe-west1/publishers/google/models"
                            + "/gemini-2.5-flash:generateContent");
            assertThat(request.header("authorization")).isEqualTo("Bearer ya29.token-1");
            assertThat(request.header("x-goog-api-key")).isNull();
        });
    }

    @Test
    void streamsGoTheSameWay() {
        Cloud cloud = cloud("streams");
        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(cloud.model()))) {
            List<String> blocks = listener.rest();

            assertThat(Listener.text(blocks)).isEqualTo("hello");
            assertThat(cloud.vendor().only().path())
                    .isEqualTo("/v1/projects/own-project/locations/global/publishers/google/models"
                            + "/gemini-2.5-flash:streamGenerateContent?alt=sse");
            assertThat(cloud.vendor().only().header("authorization")).isEqualTo("Bearer ya29.token-1");
        }
    }

    @Test
    void allWhoComeAtOnceShareOneToken() {
        Cloud cloud = cloud("herd");
        cloud.issuer().answers((_, wire) -> wire.silent(Duration.ofMillis(500)).answer(200, token("ya29.slow", 3_600)));
        List<CompletableFuture<Integer>> asked = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            asked.add(CompletableFuture.supplyAsync(() -> cloud.ask().statusCode(), Thread::startVirtualThread));
        }

        assertThat(asked).allSatisfy(status -> assertThat(status.get()).isEqualTo(200));
        assertThat(cloud.issuer().received()).hasSize(1);
    }

    @Test
    void aTokenThatIsOverIsNotUsedAgain() {
        Cloud cloud = cloud("short");
        cloud.issuer().answers(tokens(0));
        cloud.ask();
        cloud.ask();

        assertThat(cloud.vendor().received())
                .extracting(request -> request.header("authorization"))
                .containsExactly("Bearer ya29.token-1", "Bearer ya29.token-2");
    }

    @Test
    void anIssuerThatStumblesIsAskedAgain() {
        Cloud cloud = cloud("stumbles");
        cloud.issuer()
                .answers(
                        OpenAiAnswers.json(503, "busy"),
                        (_, wire) -> wire.reset(),
                        OpenAiAnswers.json(200, token("ya29.at-last", 3_600)));
        assertThat(cloud.ask().statusCode()).isEqualTo(200);
        assertThat(cloud.vendor().only().header("authorization")).isEqualTo("Bearer ya29.at-last");
    }

    @Test
    void anIssuerThatRefusesIsNotAskedAgainAndNotTheCallersFault() {
        Cloud cloud = cloud("refuses");
        cloud.issuer()
                .answers((request, wire) ->
                        wire.answer(400, """
                {"error":"invalid_grant","error_description":"Bad %s"}""".formatted(request.body().substring(0, 200))));
        Response answer = cloud.ask();

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.asString()).contains("credential_rejected").doesNotContain("assertion");
        assertThat(cloud.issuer().received()).hasSize(1);
        assertThat(cloud.vendor().received()).isEmpty();
        assertThat(GATEWAY.log()).contains("invalid_grant").doesNotContain("assertion", "Bad grant_type");
    }

    @Test
    void projectsTakeTurnsAndALimitedOneRests() {
        Cloud cloud = cloud("turns");
        cloud.vendor().answers((request, wire) -> {
            if (request.path().contains("/projects/first-project/")) {
                wire.answer(
                        429,
                        GeminiAnswers.errorBody(
                                429,
                                "RESOURCE_EXHAUSTED",
                                "Resource exhausted. Please try again later.",
                                GeminiAnswers.retryInfo("60s")));
            } else {
                GeminiAnswers.hello().play(request, wire);
            }
        });
        for (int i = 0; i < 6; i++) {
            assertThat(cloud.ask().statusCode()).isEqualTo(200);
        }

        List<String> projects = cloud.vendor().received().stream()
                .map(request -> request.path().replaceAll(".*/projects/([^/]*)/.*", "$1"))
                .toList();
        assertThat(projects).hasSize(7).containsOnlyOnce("first-project");
        assertThat(projects).filteredOn("second-project"::equals).hasSizeBetween(2, 4);
        assertThat(cloud.issuer().received()).hasSize(1);
    }

    @Test
    void theMetadataServerGivesTheMachinesToken() {
        Cloud cloud = Cloud.named("cloud");
        try (Gateway gateway = cloud.configure(Gateway.bare())
                .environment("GCE_METADATA_HOST", cloud.issuer().root().replace("http://", ""))
                .environment("GOOGLE_CLOUD_PROJECT", "machine-project")
                .environment("GOOGLE_CLOUD_LOCATION", "us-central1")) {
            gateway.start();
            assertThat(cloud.ask(gateway).statusCode()).isEqualTo(200);

            Received asked = cloud.issuer().only();
            assertThat(asked.method()).isEqualTo("GET");
            assertThat(asked.path()).isEqualTo("/computeMetadata/v1/instance/service-accounts/default/token");
            assertThat(asked.header("metadata-flavor")).isEqualTo("Google");
            assertThat(cloud.vendor().only().path()).startsWith("/v1/projects/machine-project/locations/us-central1/");
        } finally {
            cloud.close();
        }
    }

    @Test
    void theSurroundingsMayNameTheCredentials() {
        Cloud cloud = Cloud.named("cloud");
        String user = file("user.json", """
                {"type":"authorized_user","client_id":"c","client_secret":"s&=","refresh_token":"r",\
                "quota_project_id":"quota-project","token_uri":"%s/token"}""".formatted(cloud.issuer().root()));
        try (Gateway gateway = cloud.configure(Gateway.bare()).environment("GOOGLE_APPLICATION_CREDENTIALS", user)) {
            gateway.start();
            assertThat(cloud.ask(gateway).statusCode()).isEqualTo(200);

            assertThat(cloud.issuer().only().body().split("&"))
                    .containsExactlyInAnyOrder(
                            "grant_type=refresh_token", "client_id=c", "client_secret=s%26%3D", "refresh_token=r");
            assertThat(cloud.vendor().only().path()).startsWith("/v1/projects/quota-project/locations/global/");
            assertThat(cloud.vendor().only().header("x-goog-user-project")).isEqualTo("quota-project");
        } finally {
            cloud.close();
        }
    }

    @Test
    void anApiKeyNeedsNoProject() {
        Cloud cloud = cloud("express");
        assertThat(cloud.ask().statusCode()).isEqualTo(200);

        assertThat(cloud.vendor().only().path())
                .isEqualTo("/v1/publishers/google/models/gemini-2.5-flash:generateContent");
        assertThat(cloud.vendor().only().header("x-goog-api-key")).isEqualTo("AQ.express");
        assertThat(cloud.vendor().only().header("authorization")).isNull();
    }

    @Test
    void countsVectorsAndOtherPublishersHaveAddressesOfTheirOwn() {
        Cloud cloud = cloud("shapes");
        cloud.vendor().answers((request, wire) -> {
            if (request.path().endsWith(":predict")) {
                wire.answer(200, """
                            {"predictions":[{"embeddings":{"values":[0.5,1],"statistics":{"token_count":2,"truncated":false}}}]}""");
            } else {
                GeminiAnswers.hello().play(request, wire);
            }
        });

        JsonNode one = post(GATEWAY, "shapes/text-embedding-005:embedContent", """
                    {"content":{"parts":[{"text":"hi"}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":2}""");
        JsonNode newer = post(GATEWAY, "shapes/gemini-embedding-2:embedContent", """
                    {"content":{"parts":[{"text":"hi"}]}}""");
        JsonNode count = post(GATEWAY, "shapes/gemini-2.5-flash:countTokens", """
                    {"generateContentRequest":{"model":"models/x","contents":[{"role":"user","parts":[{"text":"hi"}]}],\
                    "systemInstruction":{"parts":[{"text":"be brief"}]}}}""");
        GATEWAY.ask("shapes/meta/llama-4");

        assertThat(one.path("embedding").path("values").path(1).asDouble()).isEqualTo(1.0);
        assertThat(newer.path("embedding").path("values")).hasSize(2);
        assertThat(count.path("totalTokens").asInt()).isEqualTo(31);
        assertThat(cloud.vendor().received())
                .extracting(request -> request.path().replaceAll(".*/publishers/", ""))
                .containsExactly(
                        "google/models/text-embedding-005:predict",
                        "google/models/gemini-embedding-2:embedContent",
                        "google/models/gemini-2.5-flash:countTokens",
                        "meta/models/llama-4:generateContent");
        assertThat(cloud.vendor().received().get(0).json()).isEqualTo(Shapes.json("""
                    {"instances":[{"content":"hi","task_type":"RETRIEVAL_QUERY"}],"parameters":{"outputDimensionality":2}}"""));
        assertThat(cloud.vendor()
                        .received()
                        .get(2)
                        .json()
                        .path("contents")
                        .path(0)
                        .path("parts")
                        .path(0)
                        .path("text")
                        .asText())
                .isEqualTo("hi");
        assertThat(cloud.vendor().received().get(2).json().has("systemInstruction"))
                .isTrue();
    }

    private static JsonNode post(Gateway gateway, String path, String body) {
        Response answer = gateway.request()
                .header("content-type", "application/json")
                .body(body)
                .post("/v1beta/models/" + path);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return Shapes.json(answer.asString());
    }

    @Test
    void noTokenIsEverTold() {
        Cloud cloud = cloud("gossips");
        for (int status : new int[] {200, 400, 500, 403}) {
            cloud.vendor().answers((request, wire) -> {
                String gossip =
                        GeminiAnswers.errorBody(status, "GOSSIP", "not welcome: " + request.header("authorization"));
                if (GeminiAnswers.isStream(request) && status == 200) {
                    wire.events()
                            .send(List.of(GeminiAnswers.delta("half "), GeminiAnswers.event(gossip)), Chunking.EVENTS)
                            .end();
                } else {
                    wire.answer(status, gossip);
                }
            });
            Response plain = cloud.ask();
            assertThat(plain.headers() + plain.asString()).doesNotContain("ya29");
            Response streamed = GATEWAY.chat(Shapes.streamed(cloud.model()));
            assertThat(streamed.headers() + streamed.asString()).doesNotContain("ya29");
        }
        assertThat(GATEWAY.log()).doesNotContain("ya29", "PRIVATE KEY");
    }

    @Test
    void ambientCredentialsAloneEnableNothing() {
        String account = file("ambient.json", cloud("signs").serviceAccount());
        try (Gateway gateway = Gateway.bare()
                .environment("GOOGLE_APPLICATION_CREDENTIALS", account)
                .environment("GOOGLE_CLOUD_PROJECT", "machine-project")) {
            gateway.start();

            assertThat(gateway.request().get("/v1/models").asString()).contains("simulator");
            assertThat(gateway.ask("vertex/gemini-2.5-flash").statusCode()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "credentials|{\"type\":\"external_account\"}|credentials|not supported",
                "credentials|/not/there.json|credentials|cannot be read",
                "location|europe-west1|project|say which project pays",
                "location|Not A Place|location|must be like",
                "project|not a project|project|must be the id",
            })
    void whatCannotWorkStopsTheStartWithTheKey(String key, String value, String told, String words) {
        Cloud cloud = Cloud.named("cloud");
        try (Gateway gateway = cloud.configure(Gateway.bare()).and("signalbox.providers.cloud." + key, value)) {
            gateway.expectStartFailure("signalbox.providers.cloud." + told, words);
        } finally {
            cloud.close();
        }
    }

    @Test
    void aKeyBesideCredentialsStopsTheStart() {
        Cloud cloud = Cloud.named("cloud");
        try (Gateway gateway = cloud.configure(Gateway.bare())
                .and("signalbox.providers.cloud.credentials", cloud.serviceAccount())
                .and("signalbox.providers.cloud.api-keys[0]", "AQ.express")) {
            assertThat(gateway.expectStartFailure("signalbox.providers.cloud.api-keys"))
                    .doesNotContain("AQ.express", "PRIVATE KEY");
        } finally {
            cloud.close();
        }
    }
}
