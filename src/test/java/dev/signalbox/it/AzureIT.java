package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.FakeVendor.Received;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** OpenAI's models at Azure: addresses, versions, keys and tokens. */
@Timeout(120)
class AzureIT {

    private static Gateway azure(FakeVendor vendor, String path) {
        return Gateway.bare()
                .and("signalbox.providers.az.kind", "azure-openai")
                .and("signalbox.providers.az.base-url", vendor.root() + path)
                .and("signalbox.providers.az.max-retries", "0");
    }

    @Test
    void aDeploymentIsInThePathAndTheVersionBehindIt() {
        try (FakeVendor vendor = new FakeVendor();
                Gateway gateway = azure(vendor, "/")
                        .and("signalbox.providers.az.api-keys[0]", "key-1")
                        .and("signalbox.providers.az.api-version", "2025-04-01-preview")
                        .start()) {
            assertThat(gateway.ask("az/my gpt").statusCode()).isEqualTo(200);
            try (Listener listener = Listener.ask(gateway, Shapes.streamed("az/my gpt"))) {
                assertThat(Listener.text(listener.rest())).isEqualTo("hello");
            }

            assertThat(vendor.received()).hasSize(2).allSatisfy(asked -> {
                assertThat(asked.path())
                        .isEqualTo("/openai/deployments/my%20gpt/chat/completions?api-version=2025-04-01-preview");
                assertThat(asked.header("api-key")).isEqualTo("key-1");
                assertThat(asked.header("authorization")).isNull();
            });
        }
    }

    @Test
    void theNewerAddressIsLikeOpenAis() {
        try (FakeVendor vendor = new FakeVendor();
                Gateway gateway = azure(vendor, "/openai/v1")
                        .and("signalbox.providers.az.api-keys[0]", "key-1")
                        .start()) {
            gateway.ask("az/gpt");
            try (Listener listener = Listener.ask(gateway, Shapes.streamed("az/gpt"))) {
                assertThat(Listener.text(listener.rest())).isEqualTo("hello");
            }
            vendor.answers(OpenAiAnswers.json(200, "{\"data\":[]}"));
            gateway.post("/v1/embeddings", "{\"model\":\"az/emb\",\"input\":\"x\"}");

            assertThat(vendor.received())
                    .extracting(Received::path)
                    .containsExactly(
                            "/openai/v1/chat/completions", "/openai/v1/chat/completions", "/openai/v1/embeddings");
            assertThat(vendor.received())
                    .allSatisfy(asked -> assertThat(asked.header("api-key")).isEqualTo("key-1"));
        }
    }

    @Test
    void theEnvironmentMakesItByItself() {
        try (FakeVendor vendor = new FakeVendor();
                Gateway gateway = Gateway.bare()
                        .environment("AZURE_OPENAI_API_KEY", "key-env")
                        .environment("AZURE_OPENAI_ENDPOINT", vendor.root() + "/")
                        .start()) {
            vendor.answers(OpenAiAnswers.json(200, "{\"object\":\"list\",\"data\":[]}"));

            Response answer = gateway.post("/v1/embeddings", "{\"model\":\"azure-openai/emb\",\"input\":\"x\"}");

            assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
            assertThat(vendor.only().path()).isEqualTo("/openai/deployments/emb/embeddings?api-version=2024-10-21");
            assertThat(vendor.only().header("api-key")).isEqualTo("key-env");
        }
    }

    @Test
    void filtersStandInFrontOfAStreamAndInItsPlace() {
        try (FakeVendor vendor = new FakeVendor();
                Gateway gateway = azure(vendor, "")
                        .and("signalbox.providers.az.api-keys[0]", "key-1")
                        .start()) {
            String filters =
                    "{\"id\":\"\",\"model\":\"\",\"choices\":[],\"prompt_filter_results\":[{\"prompt_index\":0,\"content_filter_results\":{}}]}";
            vendor.answers(OpenAiAnswers.events(
                    List.of(
                            OpenAiAnswers.data(filters),
                            OpenAiAnswers.delta("hello"),
                            OpenAiAnswers.finish("content_filter"),
                            OpenAiAnswers.DONE),
                    Wire.Chunking.BYTES));
            try (Listener listener = Listener.ask(gateway, Shapes.streamed("az/gpt"))) {
                List<String> blocks = listener.rest();
                assertThat(blocks.getFirst()).isEqualTo("data: " + filters);
                assertThat(Listener.text(blocks)).isEqualTo("hello");
            }
            vendor.answers(
                    OpenAiAnswers.json(
                            400,
                            "{\"error\":{\"message\":\"The response was filtered\",\"type\":null,\"param\":\"prompt\",\"code\":\"content_filter\",\"status\":400,\"innererror\":{\"code\":\"ResponsibleAIPolicyViolation\"}}}"));

            Response refused = gateway.ask("az/gpt");

            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.asString()).contains("filtered");
        }
    }

    @Test
    void withoutAKeyATokenIsFetchedOnceAndKept() {
        try (FakeVendor vendor = new FakeVendor();
                FakeVendor entra = new FakeVendor();
                Gateway gateway = entra(vendor, entra)
                        .environment("AZURE_CLIENT_SECRET", "secret/1 +")
                        .start()) {
            entra.answers(OpenAiAnswers.json(
                    200, "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"eyJ.token.1\"}"));

            IntStream.range(0, 4).parallel().forEach(_ -> gateway.ask("az/gpt"));

            assertThat(vendor.received()).hasSize(4).allSatisfy(asked -> {
                assertThat(asked.header("authorization")).isEqualTo("Bearer eyJ.token.1");
                assertThat(asked.header("api-key")).isNull();
            });
            assertThat(entra.only().path()).isEqualTo("/tenant-1/oauth2/v2.0/token");
            assertThat(entra.only().body().split("&"))
                    .containsExactlyInAnyOrder(
                            "grant_type=client_credentials",
                            "client_id=client-1",
                            "client_secret=secret%2F1+%2B",
                            "scope=https%3A%2F%2Fcognitiveservices.azure.com%2F.default");
        }
    }

    @Test
    void anotherIdentityMayStandInForASecret() throws IOException {
        Path file = Files.createTempFile("signalbox-it-", ".jwt");
        Files.writeString(file, "eyJ.assertion\n");
        try (FakeVendor vendor = new FakeVendor();
                FakeVendor entra = new FakeVendor();
                Gateway gateway = entra(vendor, entra)
                        .environment("AZURE_FEDERATED_TOKEN_FILE", file.toString())
                        .start()) {
            entra.answers(OpenAiAnswers.json(200, "{\"expires_in\":3599,\"access_token\":\"eyJ.token.2\"}"));

            assertThat(gateway.ask("az/gpt").statusCode()).isEqualTo(200);
            assertThat(entra.only().body())
                    .contains(
                            "client_assertion=eyJ.assertion",
                            "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer")
                    .doesNotContain("client_secret");
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void aRefusedTokenIsOurFaultAndSaysNothingOfUs() {
        try (FakeVendor vendor = new FakeVendor();
                FakeVendor entra = new FakeVendor();
                Gateway gateway = entra(vendor, entra)
                        .environment("AZURE_CLIENT_SECRET", "secret-1")
                        .start()) {
            entra.answers(OpenAiAnswers.json(
                    401, "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215 secret-1\"}"));

            Response answer = gateway.ask("az/gpt");

            assertThat(answer.statusCode()).isEqualTo(503);
            JsonNode attempt = Shapes.json(answer.asString()).at("/error/attempts/0");
            assertThat(attempt.path("error").asText()).isEqualTo("credential_rejected");
            assertThat(answer.asString() + gateway.log()).doesNotContain("secret-1", "AADSTS");
            assertThat(vendor.received()).isEmpty();
        }
    }

    @Test
    void whatEntraFailsAtIsTriedAgain() {
        try (FakeVendor vendor = new FakeVendor();
                FakeVendor entra = new FakeVendor();
                Gateway gateway = entra(vendor, entra)
                        .environment("AZURE_CLIENT_SECRET", "secret-1")
                        .start()) {
            entra.answers(
                    OpenAiAnswers.json(503, "{\"error\":\"temporarily_unavailable\"}"),
                    OpenAiAnswers.json(200, "{\"expires_in\":3599,\"access_token\":\"eyJ.token.3\"}"));

            assertThat(gateway.ask("az/gpt").statusCode()).isEqualTo(200);
            assertThat(entra.received()).hasSize(2);
        }
    }

    @Test
    void anAuthorityThatIsNoAddressIsNamed() {
        try (FakeVendor vendor = new FakeVendor();
                FakeVendor entra = new FakeVendor();
                Gateway gateway = entra(vendor, entra)
                        .environment("AZURE_CLIENT_SECRET", "secret-1")
                        .environment("AZURE_AUTHORITY_HOST", "login.microsoftonline.us")
                        .start()) {
            assertThat(gateway.ask("az/gpt").statusCode()).isEqualTo(503);
            assertThat(gateway.log()).contains("AZURE_AUTHORITY_HOST is not an address");
        }
    }

    @Test
    void ambientCredentialsAloneEnableNothing() {
        try (Gateway gateway = Gateway.bare()
                .environment("AZURE_TENANT_ID", "tenant-1")
                .environment("AZURE_CLIENT_ID", "client-1")
                .environment("AZURE_CLIENT_SECRET", "secret-1")
                .start()) {
            assertThat(gateway.request().get("/q/health/group/providers").asString())
                    .contains("simulator")
                    .doesNotContain("azure");
        }
    }

    private static Gateway entra(FakeVendor vendor, FakeVendor entra) {
        return azure(vendor, "")
                .environment("AZURE_AUTHORITY_HOST", entra.root())
                .environment("AZURE_TENANT_ID", "tenant-1")
                .environment("AZURE_CLIENT_ID", "client-1");
    }
}
