package dev.signalbox.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.keys.Digest;
import dev.signalbox.keys.KeyEntry;
import dev.signalbox.keys.KeyFields;
import dev.signalbox.keys.KeyStore;
import dev.signalbox.keys.KeyStore.Outcome;
import dev.signalbox.keys.Mark;
import dev.signalbox.keys.TeamEntry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(PanacheRequestLogTest.Embedded.class)
class PanacheKeyStoreTest {

    private static final Instant TIME = Instant.parse("2026-03-01T12:00:00.123Z");
    private static final String FIELDS = """
        {"team": "search", "models": ["a", "b*"], "budget": {"limit_usd": 0.000000000001, "window": "week"},
         "rate_limit": {"tokens_per_minute": 123456789012}, "expires_at": "2027-01-01T00:00:00Z", "tags": {"a": "b 'c' \\\\"}}\
        """;

    @Inject
    KeyStore keys;

    @Inject
    Store store;

    @BeforeEach
    void waitForTheStore() {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!store.isReady()) {
            assertThat(System.nanoTime()).isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
    }

    private static <T> T now(Uni<T> work) {
        return work.await().atMost(Duration.ofSeconds(20));
    }

    private static KeyFields fields(String json) {
        try {
            return KeyFields.read((ObjectNode) Json.read(json));
        } catch (JsonProcessingException e) {
            throw new AssertionError(json, e);
        }
    }

    private static KeyEntry key(String id, String name, String secret, String json, long version) {
        KeyFields fields = fields(json);
        return new KeyEntry(
                id,
                name,
                Digest.of(secret),
                fields.team(),
                fields.terms(),
                fields.expiresAt(),
                new Mark(version, TIME, TIME.plusSeconds(version)));
    }

    @Test
    void aKeyIsReadAsItWasWritten() {
        KeyEntry key = key("key_1", "whole", "s1", FIELDS, 1);

        assertThat(now(keys.add(key))).isEqualTo(Outcome.DONE);

        assertThat(now(keys.contents()).keys()).contains(key);
        KeyEntry changed = key("key_1", "whole again", "s1b", "{}", 2);
        assertThat(now(keys.replace(changed))).isEqualTo(Outcome.DONE);
        assertThat(now(keys.contents()).keys()).contains(changed).doesNotContain(key);
    }

    @Test
    void aNameAndASecretAreGivenOnce() {
        now(keys.add(key("key_2", "two", "s2", "{}", 1)));
        now(keys.add(key("key_3", "three", "s3", "{}", 1)));

        assertThat(now(keys.add(key("key_4", "two", "s4", "{}", 1)))).isEqualTo(Outcome.TAKEN);
        assertThat(now(keys.add(key("key_4", "four", "s2", "{}", 1)))).isEqualTo(Outcome.TAKEN);
        assertThat(now(keys.replace(key("key_3", "two", "s3", "{}", 2)))).isEqualTo(Outcome.TAKEN);
    }

    @Test
    void ofTwoChangesAtTheSameTimeOneIsStale() {
        now(keys.add(key("key_5", "five", "s5", "{}", 1)));

        assertThat(now(keys.replace(key("key_5", "five", "s5", FIELDS, 2)))).isEqualTo(Outcome.DONE);
        assertThat(now(keys.replace(key("key_5", "five", "s5", "{}", 2)))).isEqualTo(Outcome.STALE);
        assertThat(now(keys.removeKey("key_5"))).isEqualTo(Outcome.DONE);
        assertThat(now(keys.removeKey("key_5"))).isEqualTo(Outcome.STALE);
        assertThat(now(keys.replace(key("key_5", "five", "s5", "{}", 3)))).isEqualTo(Outcome.STALE);
    }

    @Test
    void teamsAreKeptToo() {
        var team = new TeamEntry("search", fields(FIELDS).terms(), new Mark(1, TIME, TIME));
        var changed = new TeamEntry("search", fields("{}").terms(), new Mark(2, TIME, TIME.plusSeconds(1)));

        assertThat(now(keys.add(team))).isEqualTo(Outcome.DONE);
        assertThat(now(keys.add(team))).isEqualTo(Outcome.TAKEN);
        assertThat(now(keys.contents()).teams()).contains(team);
        assertThat(now(keys.replace(changed))).isEqualTo(Outcome.DONE);
        assertThat(now(keys.replace(changed))).isEqualTo(Outcome.STALE);
        assertThat(now(keys.contents()).teams()).contains(changed);
        assertThat(now(keys.removeTeam("search"))).isEqualTo(Outcome.DONE);
        assertThat(now(keys.contents()).teams()).isEmpty();
    }

    @Test
    void everyChangeHasANumber() {
        long before = now(keys.revision());
        assertThat(now(keys.revision())).isEqualTo(before);
        now(keys.add(key("key_6", "six", "s6", "{}", 1)));
        long added = now(keys.revision());
        assertThat(added).isGreaterThan(before);
        assertThat(now(keys.contents()).revision()).isEqualTo(added);
        now(keys.removeKey("key_6"));
        assertThat(now(keys.revision())).isGreaterThan(added);
    }
}
