package dev.signalbox.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.Caller;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SnapshotTest {

    private static final ProviderEntry.Circuit CIRCUIT = new ProviderEntry.Circuit(0.5, 20, Duration.ofSeconds(30), 2);

    private final Snapshot snapshot = snapshot(
            model("gpt-4o", List.of("default"), "gpt-4o-2024-08-06"),
            model("gpt-*", List.of(), ""),
            model("gpt-4*", List.of(), "fixed"));

    @Test
    void aModelIsFoundByItsNameAndItsAliases() {
        assertThat(upstream("gpt-4o")).isEqualTo("gpt-4o-2024-08-06");
        assertThat(upstream("default")).isEqualTo("gpt-4o-2024-08-06");
    }

    @Test
    void theLongestWildcardThatFitsWins() {
        assertThat(upstream("gpt-4.1")).isEqualTo("fixed");
        assertThat(upstream("gpt-5")).isEqualTo("gpt-5");
    }

    @Test
    void aWildcardIsNoNameOfItsOwn() {
        assertThat(snapshot.resolve("gpt-*")).isNull();
    }

    @Test
    void theFirstSegmentMayNameAProvider() {
        assertThat(upstream("up/org/model:free")).isEqualTo("org/model:free");
        assertThat(snapshot.resolve("up/")).isNull();
        assertThat(snapshot.resolve("down/model")).isNull();
    }

    @Test
    void closeNamesAreFound() {
        assertThat(snapshot.similarTo("gpt4o", Caller.ANYONE)).contains("gpt-4o");
        assertThat(snapshot.similarTo("something-else-entirely", Caller.ANYONE)).isEmpty();
    }

    @Test
    void caseMakesANameNoLessClose() {
        assertThat(snapshot.similarTo("GPT-4O", Caller.ANYONE)).startsWith("gpt-4o");
    }

    @Test
    void onlyNamesThatTheCallerMayAskForAreClose() {
        assertThat(snapshot.similarTo("gpt4o", caller(List.of("gpt-4o"), Set.of())))
                .containsExactly("gpt-4o");
        assertThat(snapshot.similarTo("gpt4o", caller(List.of("other"), Set.of())))
                .isEmpty();
        assertThat(snapshot.similarTo("gpt4o", caller(List.of(), Set.of("elsewhere"))))
                .isEmpty();
    }

    private static Caller caller(List<String> models, Set<String> providers) {
        return new Caller("k", "k", null, models, providers, null, null);
    }

    private String upstream(String asked) {
        ModelEntry model = snapshot.resolve(asked);
        assertThat(model).isNotNull();
        return model.deployments().getFirst().model();
    }

    private static Snapshot snapshot(ModelEntry... models) {
        var provider = new ProviderEntry(
                "up",
                "openai-compatible",
                "http://127.0.0.1:1/v1",
                List.of(),
                Duration.ofSeconds(5),
                Duration.ofMinutes(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                2,
                1,
                Map.of(),
                Map.of(),
                CIRCUIT,
                Map.of(),
                ProviderEntry.Cloud.NONE,
                ProviderEntry.Ranking.DEFAULT,
                ProviderEntry.Limits.NONE,
                ProviderEntry.HealthCheck.DEFAULT);
        Map<String, ModelEntry> byName = new LinkedHashMap<>();
        for (ModelEntry model : models) {
            byName.put(model.name(), model);
        }
        return new Snapshot(Map.of("up", provider), byName, "priority", List.of());
    }

    private static ModelEntry model(String name, List<String> aliases, String upstream) {
        var deployment = new DeploymentEntry("up", upstream, 1, 1);
        return new ModelEntry(
                name, aliases, "priority", List.of(deployment), ModelEntry.Fallbacks.NONE, null, false, null);
    }
}
