package dev.signalbox.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.catalogue.CatalogueConfig;
import dev.signalbox.catalogue.Definition;
import dev.signalbox.chat.Json;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.ExpressionConfigSourceInterceptor;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.source.yaml.YamlConfigSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** What is exported can be read again and says the same, but for its secrets. */
class EffectiveConfigTest {

    private static Map<String, String> configured() {
        Map<String, String> all = new HashMap<>();
        all.put("signalbox.providers.openai.kind", "openai");
        all.put("signalbox.providers.openai.api-keys[0]", "sk-secret-1");
        all.put("signalbox.providers.openai.api-keys[1]", "sk-secret-2");
        all.put("signalbox.providers.openai.api-keys", "sk-secret-1,sk-secret-2");
        all.put("signalbox.providers.openai.headers.x-team", "header-secret");
        all.put("signalbox.providers.openai.rate-limit", "3500");
        all.put("signalbox.providers.openai.timeout", "10m");
        all.put("signalbox.providers.openai.cost-multiplier", "1.0");
        all.put("signalbox.providers.openai.request-cost-limit", "0.10");
        all.put("signalbox.providers.\"my.own\".kind", "vllm");
        all.put("signalbox.providers.\"my.own\".api-keys", "sk-secret-3");
        all.put("signalbox.models.\"gpt-4.1\".deployments[0].provider", "openai");
        all.put("signalbox.models.\"gpt-4.1\".deployments[0].pricing.input", "2.50");
        all.put("signalbox.models.\"gpt-4.1\".deployments[1].provider", "my.own");
        all.put("signalbox.models.\"gpt-4.1\".last-resort", "say: \"${HOME}\" # no\n- $$");
        all.put("signalbox.models.gpt-*.deployments[0].provider", "openai");
        all.put("signalbox.models.on.aliases[0]", "yes");
        all.put("signalbox.models.on.aliases[1]", "1e3");
        all.put("signalbox.auth.admin-key", "admin-secret");
        all.put("signalbox.auth.keys.ci.key", "local-test-key");
        all.put("signalbox.cluster.redis", "redis://user:pass-secret@localhost:6379");
        return all;
    }

    @Test
    void holdsNoSecret() {
        String yaml = new EffectiveConfig(configured()).yaml();
        assertThat(yaml)
                .doesNotContain("sk-secret", "header-secret", "admin-secret", "local-test-key", "pass-secret")
                .contains("${SIGNALBOX_ADMIN_KEY}", "${SIGNALBOX_SECRET_PROVIDERS_OPENAI_API_KEYS_0}")
                .contains("key-sha256:", "rate-limit: 3500", "timeout: 10m", "cost-multiplier: 1.0", "\"0.10\"");
    }

    @Test
    void startsAnEqualGateway() throws Exception {
        var first = new EffectiveConfig(configured());
        SmallRyeConfig read = read(first);
        Map<String, String> again = new HashMap<>();
        read.getPropertyNames().forEach(name -> {
            if (name.startsWith("signalbox.")) {
                again.put(name, read.getConfigValue(name).getValue());
            }
        });
        Map<String, String> expected = configured();
        expected.remove("signalbox.auth.keys.ci.key");
        expected.forEach((name, value) -> assertThat(again).as(name).containsEntry(name, value));
        var second = new EffectiveConfig(again);
        assertThat(second.yaml()).isEqualTo(first.yaml());
        assertThat(second.variables()).isEqualTo(first.variables());
    }

    @Test
    void namesOfAnyKindComeBack() throws Exception {
        for (String name : new String[] {"org/model-1.5", "gpt-*", "a b", "with:colon", "true", "1", "#", "~"}) {
            var definition = new Definition(Definition.Type.MODEL, name, (ObjectNode)
                    Json.read("{\"deployments\":[{\"provider\":\"p.q\",\"model\":\"a/b:c\"}]}"));
            var config = new SmallRyeConfigBuilder()
                    .withSources(
                            new YamlConfigSource("export", new EffectiveConfig(definition.properties()).yaml(), 200))
                    .withConverter(Duration.class, 100, new DurationConverter())
                    .withMapping(CatalogueConfig.class, "signalbox")
                    .build()
                    .getConfigMapping(CatalogueConfig.class);
            assertThat(config.models()).as(name).containsOnlyKeys(name);
            assertThat(config.models().get(name).deployments().getFirst().provider())
                    .isEqualTo("p.q");
            assertThat(config.models().get(name).deployments().getFirst().model())
                    .contains("a/b:c");
        }
    }

    @Property(tries = 300)
    void everyTextComesBack(@ForAll("texts") String text) throws Exception {
        var first = new EffectiveConfig(Map.of("signalbox.models.m.last-resort", text));
        String again =
                read(first).getConfigValue("signalbox.models.m.last-resort").getValue();
        assertThat(again).isEqualTo(text);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings()
                .withChars("ab:-#'\"\\{}[]$%&*!|>@`,? \n\t0123.e_+~=<yno\u00e9\u4e2d")
                .ofMinLength(1)
                .ofMaxLength(12)
                .filter(text -> !text.contains("\\"));
    }

    private static SmallRyeConfig read(EffectiveConfig export) throws Exception {
        return new SmallRyeConfigBuilder()
                .withSources(
                        new YamlConfigSource("export", export.yaml(), 200),
                        new PropertiesConfigSource(export.variables(), "the environment", 300))
                .withInterceptors(new ExpressionConfigSourceInterceptor())
                .build();
    }
}
