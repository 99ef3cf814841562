package dev.signalbox.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.catalogue.Catalogue.Source;
import dev.signalbox.catalogue.Definition.Type;
import dev.signalbox.chat.Json;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What files say and what comes over the admin API become one snapshot, or nothing changes. */
class CatalogueTest {

    private static final Catalogue.Kinds KINDS = new Catalogue.Kinds() {
        @Override
        public List<Kind> kinds() {
            return List.of(
                    new Kind("simulator", "", List.of(), false, "echo"),
                    new Kind("acme", "https://api.acme.example/v1", List.of("ACME_API_KEY"), true, null));
        }

        @Override
        public Set<String> ownKeys() {
            return Set.of("reply");
        }
    };

    private static final Map<String, String> FILE = Map.of(
            "signalbox.providers.one.kind", "acme",
            "signalbox.providers.one.api-keys[0]", "k",
            "signalbox.models.m.deployments[0].provider", "one",
            "signalbox.models.m.aliases", "usual");

    private static Catalogue catalogue(Map<String, String> properties) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(properties, "a file", 250))
                .withConverter(Duration.class, 100, new DurationConverter())
                .withMapping(CatalogueConfig.class, "signalbox")
                .build();
        return new Catalogue(config.getConfigMapping(CatalogueConfig.class), config, List.of(KINDS));
    }

    private static Definition provider(String name, String keys) {
        return new Definition(Type.PROVIDER, name, object(keys));
    }

    private static Definition model(String name, String keys) {
        return new Definition(Type.MODEL, name, object(keys));
    }

    private static ObjectNode object(String json) {
        try {
            return (ObjectNode) Json.read(json.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static Definitions all(Definition... definitions) {
        return new Definitions(1, List.of(definitions));
    }

    private final Catalogue catalogue = catalogue(FILE);

    @Test
    void addsToWhatFilesSay() {
        catalogue.adopt(all(
                provider(
                        "two",
                        "{'kind':'acme','api-keys':['${HOME}'],'timeout':'90s','max-retries':4,"
                                + "'defaults':{'temperature':0.10,'stop':['a']},'headers':{'x-Team':'search'}}"),
                model(
                        "n",
                        "{'deployments':[{'provider':'two','model':'up','pricing':{'input':2.50,'output':10}}],"
                                + "'fallbacks':['m']}")));
        Snapshot now = catalogue.current();
        assertThat(now.providers().keySet()).containsExactly("one", "two");
        ProviderEntry two = now.providers().get("two");
        assertThat(two.apiKeys()).as("nothing is expanded").containsExactly("${HOME}");
        assertThat(two.timeout()).isEqualTo(Duration.ofSeconds(90));
        assertThat(two.connectTimeout()).as("the usual").isEqualTo(Duration.ofSeconds(5));
        assertThat(two.maxRetries()).isEqualTo(4);
        assertThat(two.headers()).containsEntry("x-Team", "search");
        assertThat(two.defaults().get("temperature")).hasToString("0.10");
        assertThat(two.defaults().get("stop")).hasToString("[\"a\"]");
        DeploymentEntry up = now.models().get("n").deployments().getFirst();
        assertThat(up.id()).isEqualTo("two/up");
        assertThat(up.tariff().at(Instant.EPOCH, 0).input()).isEqualByComparingTo(new BigDecimal("2.5"));
        assertThat(catalogue.source(Type.PROVIDER, "two")).isEqualTo(Source.STORE);
        assertThat(catalogue.source(Type.PROVIDER, "one")).isEqualTo(Source.FILE);
    }

    @Test
    void readsWhatAProviderMayCost() {
        catalogue.adopt(all(provider(
                "two",
                "{'kind':'acme','api-keys':['k'],'rate-limit':5,'request-cost-limit':0.10,'daily-cost-limit':250}")));
        assertThat(catalogue.current().providers().get("two").limits())
                .isEqualTo(new ProviderEntry.Limits(5, null, null, 0, 100_000_000_000L, 250_000_000_000_000L));
        catalogue.adopt(all(provider("two", "{'kind':'acme','api-keys':['k'],'daily-cost-limit':-1}")));
        assertThat(catalogue.current().providers()).doesNotContainKey("two");
    }

    @Test
    void takesNamesWithDotsSlashesAndSpaces() {
        catalogue.adopt(all(
                provider("my.own one", "{'kind':'acme'}"),
                model("org/model-1.5", "{'deployments':[{'provider':'my.own one'}]}")));
        assertThat(catalogue
                        .current()
                        .resolve("org/model-1.5")
                        .deployments()
                        .getFirst()
                        .id())
                .isEqualTo("my.own one/org/model-1.5");
    }

    @Test
    void aFileGoesBefore() {
        catalogue.adopt(all(provider("one", "{'kind':'acme','max-retries':7}"), model("m", "{'deployments':[]}")));
        assertThat(catalogue.current().providers().get("one").maxRetries()).isEqualTo(2);
        assertThat(catalogue.current().models().get("m").deployments()).hasSize(1);
        assertThat(catalogue.source(Type.PROVIDER, "one")).isEqualTo(Source.FILE);
    }

    @Test
    void refusesWhatCannotBe() {
        refuses(provider("two", "{'kind':'nobody'}"), "signalbox.providers.two.kind");
        refuses(provider("two", "{}"), "signalbox.providers.two.kind");
        refuses(provider("two", "{'kind':'acme','timeout':'soon'}"), "signalbox.providers.two.timeout");
        refuses(provider("two", "{'kind':'acme','timeout':'0s'}"), "signalbox.providers.two.timeout");
        refuses(provider("two", "{'kind':'acme','max-retries':'many'}"), "signalbox.providers.two.max-retries");
        refuses(provider("two", "{'kind':'acme','max-retries':11}"), "signalbox.providers.two.max-retries");
        refuses(provider("two", "{'kind':'acme','base_url':'x'}"), "signalbox.providers.two.base_url");
        refuses(provider("two", "{'kind':'acme','circuit':{'volum':3}}"), "signalbox.providers.two.circuit.volum");
        refuses(provider("two", "{'kind':'acme','base-url':'ftp://x'}"), "signalbox.providers.two.base-url");
        refuses(model("n", "{'deployments':[{'provider':'nobody'}]}"), "signalbox.models.n.deployments[0].provider");
        refuses(model("n", "{'deployments':[{}]}"), "signalbox.models.n.deployments");
        refuses(model("n", "{'deployments':[{'model':'up'}]}"), "signalbox.models.n.deployments[0].provider");
        refuses(
                model("n", "{'deployments':[{'provider':'one'}],'fallbacks':['nobody']}"),
                "signalbox.models.n.fallbacks");
        refuses(model("n", "{'deployments':[{'provider':'one'}],'aliases':['usual']}"), "signalbox.models.n.aliases");
        refuses(model("usual", "{'deployments':[{'provider':'one'}]}"), "signalbox.models.usual");
        assertThat(catalogue.current().providers().keySet()).containsExactly("one");
    }

    private void refuses(Definition definition, String key) {
        Definitions next = all(definition);
        assertThatThrownBy(() -> catalogue.check(next, definition)).isInstanceOfSatisfying(InvalidConfig.class, e -> {
            assertThat(e.key()).isEqualTo(key);
            assertThat(e.problem()).doesNotContain("SRCFG").isNotBlank();
        });
    }

    @Test
    void whatCannotBeIsLeftOutAndTheRestIsInForce() {
        catalogue.adopt(all(
                provider("good", "{'kind':'acme'}"),
                provider("bad", "{'kind':'acme','queue-size':-1}"),
                model("orphan", "{'deployments':[{'provider':'bad'}]}"),
                model("n", "{'deployments':[{'provider':'good'}]}")));
        assertThat(catalogue.current().providers().keySet()).containsExactly("one", "good");
        assertThat(catalogue.current().models().keySet()).containsExactlyInAnyOrder("m", "n");
    }

    @Test
    void aChangeMayNotBreakWhatIsInForce() {
        Definition two = provider("two", "{'kind':'acme'}");
        Definition n = model("n", "{'deployments':[{'provider':'two'}]}");
        catalogue.adopt(all(two, n));
        assertThatThrownBy(() -> catalogue.check(all(n), null)).isInstanceOf(InvalidConfig.class);
        assertThat(catalogue.referrers(Type.PROVIDER, "two")).containsExactly("model 'n'");
        assertThat(catalogue.referrers(Type.MODEL, "n")).isEmpty();
    }

    @Test
    void modelsMayFallBackToEachOther() {
        catalogue.adopt(all(
                model("a", "{'deployments':[{'provider':'one'}],'fallbacks':['b']}"),
                model("b", "{'deployments':[{'provider':'one'}],'fallbacks':['a']}")));
        assertThat(catalogue.current().models().keySet()).contains("a", "b");
        assertThat(catalogue.referrers(Type.MODEL, "a")).containsExactly("model 'b'");
    }

    @Test
    void oneWithoutItsCredentialsIsLeftOut() {
        catalogue.adopt(all(new Definition(Type.PROVIDER, "two", object("{'kind':'acme'}"), true)));
        assertThat(catalogue.current().providers()).doesNotContainKey("two");
    }

    @Test
    void theSimulatorGoesWhenSomebodyElseComesUnlessAModelCountsOnIt() {
        Catalogue bare = catalogue(Map.of());
        assertThat(bare.current().providers().keySet()).containsExactly("simulator");
        assertThat(bare.source(Type.PROVIDER, "simulator")).isEqualTo(Source.BUILT_IN);
        bare.adopt(all(provider("two", "{'kind':'acme'}")));
        assertThat(bare.current().providers().keySet()).containsExactly("two");
        bare.adopt(all(provider("two", "{'kind':'acme'}"), model("n", "{'deployments':[{'provider':'simulator'}]}")));
        assertThat(bare.current().providers().keySet()).containsExactlyInAnyOrder("two", "simulator");
        bare.adopt(Definitions.NONE);
        assertThat(bare.current().models().keySet()).containsExactly("simulator");
    }

    @Test
    void theEnvironmentCountsAsAFile() {
        Catalogue withKey = catalogue(Map.of("ACME_API_KEY", "k"));
        assertThat(withKey.source(Type.PROVIDER, "acme")).isEqualTo(Source.ENVIRONMENT);
        withKey.adopt(all(provider("acme", "{'kind':'acme','max-retries':7}")));
        assertThat(withKey.current().providers().get("acme").maxRetries()).isEqualTo(2);
    }

    @Test
    void aKindsOwnKeysArePassedOn() {
        catalogue.adopt(all(provider("two", "{'kind':'simulator','reply':'hi'}")));
        assertThat(catalogue.current().providers().get("two").own()).isEqualTo(Map.of("reply", "hi"));
    }

    @Test
    void followersAreAskedBeforeAndToldAfter() {
        List<String> told = new ArrayList<>();
        catalogue.followedBy(new Catalogue.Follower() {
            @Override
            public void check(Snapshot next) {
                if (next.providers().containsKey("bad")) {
                    throw new InvalidConfig("signalbox.providers.bad.region", "is not set");
                }
            }

            @Override
            public void follow(Snapshot next) {
                told.addAll(next.providers().keySet());
                assertThat(catalogue.current())
                        .as("in force when all can serve it")
                        .isNotSameAs(next);
            }
        });
        catalogue.adopt(all(provider("bad", "{'kind':'acme'}"), provider("two", "{'kind':'acme'}")));
        assertThat(told).containsExactly("one", "two");
        assertThat(catalogue.current().providers().keySet()).containsExactly("one", "two");
    }

    @Test
    void propertiesComeBackAsTheyWere() {
        Definition two =
                provider("t.w", "{'kind':'acme','rate-limit':3500,'headers':{'x-a.b':'c'},'api-keys':['a,b']}");
        assertThat(two.properties())
                .isEqualTo(new HashMap<>(Map.of(
                        "signalbox.providers.\"t.w\".kind", "acme",
                        "signalbox.providers.\"t.w\".rate-limit", "3500",
                        "signalbox.providers.\"t.w\".headers.\"x-a.b\"", "c",
                        "signalbox.providers.\"t.w\".api-keys[0]", "a,b")));
    }
}
