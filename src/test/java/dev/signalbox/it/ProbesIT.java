package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.it.FakeVendor.Received;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each kind is asked to find out whether it is there: what its vendor gives away for nothing. */
@Timeout(60)
class ProbesIT {

    private static final Map<String, FakeVendor> VENDORS = new TreeMap<>();

    @RegisterExtension
    static final Gateway GATEWAY = gateway();

    private static Gateway gateway() {
        Gateway gateway = Gateway.bare();
        for (String kind : List.of("openai", "mistral", "anthropic", "gemini", "cohere", "ollama", "azure-openai")) {
            add(gateway, kind, kind, "");
        }
        add(gateway, "openai-v1", "openai", "/v1");
        add(gateway, "azure-v1", "azure-openai", "/openai/v1");
        add(gateway, "bedrock", "bedrock", "").and("signalbox.providers.bedrock.region", "eu-central-1");
        add(gateway, "bedrock-key", "bedrock", "")
                .and("signalbox.providers.bedrock-key.region", "eu-central-1")
                .and("signalbox.providers.bedrock-key.health.path", "/ping");
        add(gateway, "bedrock-signed", "bedrock", "")
                .and("signalbox.providers.bedrock-signed.region", "eu-central-1")
                .and("signalbox.providers.bedrock-signed.health.path", "/ping")
                .without("signalbox.providers.bedrock-signed.api-keys[0]");
        add(gateway, "vertex", "vertex", "");
        add(gateway, "vertex-path", "vertex", "").and("signalbox.providers.vertex-path.health.path", "/v1/free");
        return gateway.environment("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
                .environment("AWS_SECRET_ACCESS_KEY", "not-so-secret");
    }

    private static Gateway add(Gateway gateway, String name, String kind, String path) {
        FakeVendor vendor = new FakeVendor();
        VENDORS.put(name, vendor);
        String at = "signalbox.providers." + name;
        return gateway.and(at + ".kind", kind)
                .and(at + ".base-url", vendor.root() + path)
                .and(at + ".api-keys[0]", "key-of-" + name)
                .and(at + ".health.interval", "200ms");
    }

    @AfterAll
    static void close() {
        VENDORS.values().forEach(FakeVendor::close);
    }

    private static Received probe(String provider) {
        FakeVendor vendor = VENDORS.get(provider);
        Await.until(provider + " is probed", () -> !vendor.received().isEmpty());
        return vendor.received().getFirst();
    }

    @ParameterizedTest
    @CsvSource({
        "openai, /models, authorization, Bearer key-of-openai",
        "openai-v1, /v1/models, authorization, Bearer key-of-openai-v1",
        "mistral, /models, authorization, Bearer key-of-mistral",
        "anthropic, /v1/models, x-api-key, key-of-anthropic",
        "gemini, /v1beta/models?pageSize=1, x-goog-api-key, key-of-gemini",
        "cohere, /v1/models?page_size=1, authorization, Bearer key-of-cohere",
        "ollama, /api/version, authorization, Bearer key-of-ollama",
        "azure-openai, /openai/models?api-version=2024-10-21, api-key, key-of-azure-openai",
        "azure-v1, /openai/v1/models, api-key, key-of-azure-v1",
        "bedrock-key, /ping, authorization, Bearer key-of-bedrock-key",
        "vertex-path, /v1/free, x-goog-api-key, key-of-vertex-path"
    })
    void whatIsFreeIsAskedForWithTheProvidersCredential(String provider, String path, String header, String value) {
        Received probe = probe(provider);
        assertThat(probe.method()).isEqualTo("GET");
        assertThat(probe.path()).endsWith(path);
        assertThat(probe.header(header)).isEqualTo(value);
        assertThat(probe.body()).isEmpty();
    }

    @Test
    void aVersionIsSaidWhereOneIsDemanded() {
        assertThat(probe("anthropic").header("anthropic-version")).isNotEmpty();
    }

    @Test
    void aConfiguredProbeIsSignedWhereRequestsAre() {
        Received probe = probe("bedrock-signed");
        AwsSignature signature = AwsSignature.of(probe);
        assertThat(signature.accessKeyId()).isEqualTo("AKIAEXAMPLE");
        assertThat(signature.signature()).isEqualTo(signature.expected(probe, "not-so-secret"));
    }

    @Test
    void whoGivesNothingAwayIsNotAsked() {
        probe("openai");
        assertThat(VENDORS.get("bedrock").received()).isEmpty();
        assertThat(VENDORS.get("vertex").received()).isEmpty();
    }
}
