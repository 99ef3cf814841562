package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A gateway starts with what it was told, or says in one message what is wrong with it. */
@Timeout(120)
class ConfigurationIT {

    private static Gateway oneProvider() {
        return Gateway.bare()
                .and("signalbox.providers.one.kind", "openai-compatible")
                .and("signalbox.providers.one.base-url", "http://127.0.0.1:9/v1")
                .and("signalbox.models.m.deployments[0].provider", "one")
                .and("signalbox.models.m.deployments[0].model", "up");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "signalbox.providers.one.kind|nonsense",
                "signalbox.providers.one.base-url|nonsense",
                "signalbox.providers.one.timeout|soon",
                "signalbox.providers.one.circuit.failure-ratio|1.5",
                "signalbox.models.m.deployments[0].provider|nobody",
                "signalbox.models.m.context-fallbacks|nothing",
                "signalbox.models.m.pricing.input|cheap",
                "signalbox.models.m.max-output-tokens|0",
                "signalbox.max-body-size|big",
                "signalbox.drain-timeout|-1s",
                "signalbox.auth.mode|closed",
                "signalbox.on-disconnect|wait",
                "signalbox.store.kind|drawer",
            })
    void aBadValueStopsTheStartWithOneMessageThatNamesTheKey(String key, String value) {
        try (Gateway gateway =
                oneProvider().and("signalbox.models.m.pricing.output", "1").and(key, value)) {
            if (!key.endsWith("pricing.input")) {
                gateway.and("signalbox.models.m.pricing.input", "1");
            }
            String log = gateway.expectStartFailure(key);

            assertThat(log.lines().filter(line -> line.contains(key)).toList())
                    .as("one message")
                    .hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    void keysThatNothingReadsAreNamedInOneWarning() {
        try (Gateway gateway = oneProvider()
                .and("signalbox.provider.one.kind", "openai")
                .and("signalbox.providers.one.time-out", "5s")
                .and("signalbox.maxbodysize", "5M")
                .start()) {
            assertThat(gateway.log().lines().filter(line -> line.contains("WARN") && line.contains("signalbox.")))
                    .singleElement()
                    .asString()
                    .contains(
                            "signalbox.provider.one.kind", "signalbox.providers.one.time-out", "signalbox.maxbodysize")
                    .doesNotContain("signalbox.providers.one.base-url", "signalbox.store.kind", "signalbox.ledger");
        }
    }

    @Test
    void anUnsetVariableDropsACredentialWithAWarning() {
        try (FakeVendor vendor = new FakeVendor();
                Gateway gateway = oneProvider()
                        .and("signalbox.providers.one.base-url", vendor.url())
                        .and("signalbox.providers.one.api-keys[0]", "${SIGNALBOX_IT_UNSET}")
                        .and("signalbox.providers.one.api-keys[1]", "${SIGNALBOX_IT_SET}")
                        .environment("SIGNALBOX_IT_SET", "sk-from-the-environment")
                        .start()) {
            assertThat(gateway.log()
                            .lines()
                            .filter(line -> line.contains("WARN") && line.contains("SIGNALBOX_IT_UNSET")))
                    .hasSize(1);
            assertThat(gateway.log()).doesNotContain("sk-from-the-environment");
            gateway.ask("m");
            gateway.ask("m");
            assertThat(vendor.received())
                    .hasSize(2)
                    .allSatisfy(request ->
                            assertThat(request.header("authorization")).isEqualTo("Bearer sk-from-the-environment"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "signalbox.providers.one.base-url,http://${SIGNALBOX_IT_UNSET}/v1",
        "signalbox.auth.admin-key,${SIGNALBOX_IT_UNSET}",
        "signalbox.auth.keys.ci.key,${SIGNALBOX_IT_UNSET}",
        "signalbox.providers.one.headers.x-team,${SIGNALBOX_IT_UNSET}",
    })
    void anUnsetVariableElsewhereStopsTheStart(String key, String value) {
        try (Gateway gateway = oneProvider().and(key, value)) {
            gateway.expectStartFailure("SIGNALBOX_IT_UNSET", key);
        }
    }

    @Test
    void anUnsetVariableMayHaveADefault() {
        try (Gateway gateway = oneProvider()
                .and("signalbox.auth.keys.ci.key", "some-key")
                .and("signalbox.auth.admin-key", "${SIGNALBOX_IT_UNSET:}")
                .start()) {
            assertThat(gateway.request().get("/admin/v1/requests").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void credentialsInTheEnvironmentMakeProvidersByThemselves() {
        try (Gateway gateway = Gateway.bare()
                .environment("OPENAI_API_KEY", "sk-canary-openai")
                .environment("ANTHROPIC_API_KEY", "sk-canary-anthropic")
                .start()) {
            String health = gateway.request().get("/q/health/group/providers").asString();

            assertThat(health).contains("openai", "anthropic").doesNotContain("simulator", "canary");
            assertThat(gateway.log()).doesNotContain("canary");
            assertThat(gateway.ask("openai").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void aProviderThatAFileNamesIsNotMadeFromTheEnvironment() {
        try (FakeVendor vendor = new FakeVendor();
                Gateway gateway = Gateway.bare()
                        .and("signalbox.providers.openai.kind", "openai")
                        .and("signalbox.providers.openai.base-url", vendor.url())
                        .and("signalbox.providers.openai.api-keys[0]", "sk-of-the-file")
                        .environment("OPENAI_API_KEY", "sk-of-the-environment")
                        .start()) {
            assertThat(gateway.ask("openai/gpt-4o").statusCode()).isEqualTo(200);
            assertThat(vendor.only().header("authorization")).isEqualTo("Bearer sk-of-the-file");
        }
    }

    @Test
    void withoutAProviderThereIsTheSimulator() {
        try (Gateway gateway = Gateway.bare().start()) {
            assertThat(gateway.ask("simulator").statusCode()).isEqualTo(200);
            assertThat(gateway.log()).contains("http://127.0.0.1:" + gateway.port(), "simulator", "curl ");
        }
    }

    @Test
    void theLineThatIsPrintedWorksAsPrinted() throws IOException, InterruptedException {
        try (Gateway gateway = Gateway.bare().start()) {
            String command = gateway.log()
                    .lines()
                    .filter(line -> line.contains("curl "))
                    .map(line -> line.substring(line.indexOf("curl ")))
                    .findFirst()
                    .orElseThrow();
            Process curl = new ProcessBuilder("sh", "-c", command).start();
            String answer = new String(curl.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);

            if (curl.waitFor() != 127) {
                assertThat(Shapes.json(answer)
                                .path("choices")
                                .path(0)
                                .path("message")
                                .path("content")
                                .asText())
                        .isNotBlank();
            }
        }
    }

    @Test
    void aFileMayBeNamedAndMayBeYaml() throws IOException {
        Path file = Files.createTempFile("signalbox-it-", ".yaml");
        Files.writeString(file, """
                signalbox:
                  providers:
                    here:
                      kind: simulator
                      reply: "${SIGNALBOX_IT_REPLY}"
                  models:
                    "from/yaml:1*":
                      aliases: [ yaml ]
                      deployments: [ { provider: here, model: echo } ]
                """);
        try (Gateway gateway = Gateway.bare()
                .environment("QUARKUS_CONFIG_LOCATIONS", file.toString())
                .environment("SIGNALBOX_IT_REPLY", "as written")
                .start()) {
            assertThat(gateway.ask("from/yaml:17").asString()).contains("as written");
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void aBaseUrlMayHaveItsVersionOrNot() {
        try (FakeVendor vendor = new FakeVendor();
                Gateway gateway = Gateway.bare()
                        .and("signalbox.providers.plain.kind", "anthropic")
                        .and("signalbox.providers.plain.base-url", vendor.root())
                        .and("signalbox.providers.slash.kind", "anthropic")
                        .and("signalbox.providers.slash.base-url", vendor.root() + "/")
                        .and("signalbox.providers.version.kind", "anthropic")
                        .and("signalbox.providers.version.base-url", vendor.root() + "/v1")
                        .start()) {
            vendor.answers(AnthropicAnswers.hello());
            for (String provider : new String[] {"plain", "slash", "version"}) {
                gateway.chat(Shapes.with(provider + "/claude", "\"max_tokens\":5"));
                try (Listener listener =
                        Listener.ask(gateway, Shapes.with(provider + "/claude", "\"max_tokens\":5,\"stream\":true"))) {
                    assertThat(listener.status()).isEqualTo(200);
                }
            }
            assertThat(vendor.received())
                    .hasSize(6)
                    .allSatisfy(request -> assertThat(request.path()).isEqualTo("/v1/messages"));
        }
    }
}
