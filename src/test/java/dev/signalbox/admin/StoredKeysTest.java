package dev.signalbox.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.Grant;
import dev.signalbox.chat.Rights;
import dev.signalbox.keys.Digest;
import dev.signalbox.keys.KeyEntry;
import dev.signalbox.keys.Mark;
import dev.signalbox.keys.TeamEntry;
import dev.signalbox.keys.Terms;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Keys of the store, as a file would hold them. */
class StoredKeysTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Mark STORED = new Mark(1, NOW, NOW);
    private static final Digest DIGEST = Digest.of("sk-sb-secret");

    @Test
    void saysAllOfThemByTheirDigests() {
        var terms = new Terms(
                new Rights(List.of("gpt-*"), Set.of("openai"), null, Set.of("cost")),
                new Grant.Rates(60, null, 2),
                new Grant.Budget(1_500_000_000_000L, Grant.Window.DAY),
                Map.of("cost.center", "7"));
        var key = new KeyEntry("key_1", "ci", DIGEST, "blue", terms, NOW, STORED);
        var team = new TeamEntry("blue", Terms.NONE, STORED);
        assertThat(StoredKeys.properties(List.of(key), List.of(team)))
                .containsOnly(
                        Map.entry("signalbox.auth.keys.ci.key-sha256", DIGEST.hex()),
                        Map.entry("signalbox.auth.keys.ci.team", "blue"),
                        Map.entry("signalbox.auth.keys.ci.expires-at", "2026-01-01T00:00:00Z"),
                        Map.entry("signalbox.auth.keys.ci.models[0]", "gpt-*"),
                        Map.entry("signalbox.auth.keys.ci.providers[0]", "openai"),
                        Map.entry("signalbox.auth.keys.ci.disclose[0]", "cost"),
                        Map.entry("signalbox.auth.keys.ci.budget.limit-usd", "1.5"),
                        Map.entry("signalbox.auth.keys.ci.budget.window", "day"),
                        Map.entry("signalbox.auth.keys.ci.rate-limit.requests-per-minute", "60"),
                        Map.entry("signalbox.auth.keys.ci.rate-limit.concurrent", "2"),
                        Map.entry("signalbox.auth.keys.ci.tags.\"cost.center\"", "7"));
    }

    @Test
    void leavesFilesToThemselves() {
        var key = new KeyEntry("key_1", "ci", DIGEST, null, Terms.NONE, null, Mark.FILE);
        var team = new TeamEntry("blue", Terms.NONE, Mark.FILE);
        assertThat(StoredKeys.properties(List.of(key), List.of(team))).isEmpty();
    }
}
