package dev.signalbox.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Caller;
import dev.signalbox.chat.Grant;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Two replicas and the store between them, and time that passes when it is told to. */
class KeysTest {

    private static final Map<String, String> FILE = Map.of(
            "signalbox.auth.mode", "keys",
            "signalbox.auth.admin-key", "admin",
            "signalbox.auth.keys.ci.key", "sk-file",
            "signalbox.auth.keys.ci.team", "blue",
            "signalbox.auth.teams.green.models", "m1");

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);
    private final AtomicInteger secrets = new AtomicInteger();
    private Instant time = Instant.parse("2026-03-01T12:00:00Z");
    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return time;
        }
    };
    private final MemoryKeyStore store = new MemoryKeyStore();
    private final Replica here = new Replica();
    private final Replica there = new Replica();

    private final class Replica {
        final KeyBook book = new KeyBook(Settings.file(FILE), store, nanos::get);
        final KeyRing ring = new KeyRing(Settings.auth(FILE), book, clock, "127.0.0.1");
        final KeyDesk desk = new KeyDesk(book, store, clock, () -> "sk-sb-" + secrets.incrementAndGet());

        void follow() {
            book.refresh().onFailure().recoverWithNull().await().indefinitely();
        }
    }

    private static ObjectNode json(String text) {
        try {
            return (ObjectNode) Json.read(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    private static <T> T now(Uni<T> work) {
        return work.await().indefinitely();
    }

    private KeyDesk.Issued issued(String body) {
        return now(here.desk.issue(json(body)));
    }

    private static void refused(KeyRing ring, String credential, int status, String words) {
        assertThatThrownBy(() -> ring.identify(credential))
                .isInstanceOfSatisfying(
                        SignalboxException.class, e -> assertThat(e.status()).isEqualTo(status))
                .hasMessageContaining(words);
    }

    private static void fails(Uni<?> work, int status, String code, String field) {
        assertThatThrownBy(() -> now(work)).isInstanceOfSatisfying(SignalboxException.class, e -> {
            assertThat(e.status()).as(e.message()).isEqualTo(status);
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.param()).isEqualTo(field);
        });
    }

    @Test
    void aKeyWorksHereAtOnceAndElsewhereWhenItIsHeardOf() {
        there.follow();
        var issued = issued("{\"name\": \"web\"}");

        assertThat(here.ring.identify(issued.secret()).keyName()).isEqualTo("web");
        refused(there.ring, issued.secret(), 401, "not known");
        there.follow();
        assertThat(there.ring.identify(issued.secret()).keyId())
                .isEqualTo(issued.entry().id());
    }

    @Test
    void aRevokedKeyStops() {
        var issued = issued("{\"name\": \"web\"}");
        there.follow();

        now(there.desk.revoke(issued.entry().id()));

        refused(there.ring, issued.secret(), 401, "not known");
        here.follow();
        refused(here.ring, issued.secret(), 401, "not known");
        fails(here.desk.revoke(issued.entry().id()), 404, "not_found", null);
    }

    @Test
    void aRotatedKeyHasAnotherSecretAndIsTheSame() {
        var first = issued("{\"name\": \"web\"}");
        there.follow();

        var second = now(there.desk.rotate(first.entry().id()));

        assertThat(second.entry().id()).isEqualTo(first.entry().id());
        assertThat(there.ring.identify(second.secret()).keyId())
                .isEqualTo(first.entry().id());
        refused(there.ring, first.secret(), 401, "not known");
    }

    @Test
    void aKeyEndsWhenItsTimeIsOver() {
        var issued = issued("{\"name\": \"web\", \"expires_at\": \"2026-03-01T14:00:00.5+01:00\"}");

        time = Instant.parse("2026-03-01T13:00:00.499Z");
        assertThat(here.ring.identify(issued.secret()).keyName()).isEqualTo("web");
        time = Instant.parse("2026-03-01T13:00:00.500Z");
        refused(here.ring, issued.secret(), 401, "expired");
        now(here.desk.change(issued.entry().id(), json("{\"expires_at\": null}")));
        assertThat(here.ring.identify(issued.secret()).keyName()).isEqualTo("web");
    }

    @Test
    void whileTheStoreIsAwayKnownKeysHoldForAQuarterOfAnHour() {
        var issued = issued("{\"name\": \"web\"}");
        store.away(true);

        nanos.addAndGet(Duration.ofMinutes(15).toNanos());
        here.follow();
        assertThat(here.ring.identify(issued.secret()).keyName()).isEqualTo("web");
        assertThat(here.ring.state()).contains("900 s ago");
        nanos.incrementAndGet();
        refused(here.ring, issued.secret(), 401, "away for too long");
        assertThat(here.ring.identify("sk-file").keyName()).isEqualTo("ci");
        assertThat(here.ring.state()).contains("do not hold");
        store.away(false);
        here.follow();
        assertThat(here.ring.identify(issued.secret()).keyName()).isEqualTo("web");
        assertThat(here.ring.state()).isEqualTo("followed");
    }

    @Test
    void aKeyThatNobodyCouldLookUpYetIsNotRefusedForGood() {
        store.away(true);
        here.follow();

        refused(here.ring, "sk-sb-1", 503, "cannot be looked up yet");
        refused(here.ring, "", 401, "no API key");
        assertThat(here.ring.identify("sk-file").keyName()).isEqualTo("ci");
        assertThat(here.ring.isSettled()).isFalse();
        nanos.addAndGet(KeyBook.LONGEST_WAIT.toNanos() + 1);
        assertThat(here.ring.isSettled()).isTrue();
    }

    @Test
    void nothingIsReadWhenNothingHasChanged() {
        here.follow();
        here.follow();
        here.follow();
        assertThat(store.readings()).isEqualTo(1);
    }

    @Test
    void whatAFileHoldsOnlyTheFileChanges() {
        String id = here.book.keysAfter("").getFirst().id();

        fails(here.desk.change(id, json("{\"models\": [\"m\"]}")), 409, "conflict", "name");
        fails(here.desk.rotate(id), 409, "conflict", "name");
        fails(here.desk.revoke(id), 409, "conflict", "name");
        fails(here.desk.issue(json("{\"name\": \"ci\"}")), 409, "conflict", "name");
        fails(here.desk.found(json("{\"name\": \"green\"}")), 409, "conflict", "name");
        fails(here.desk.changeTeam("green", json("{\"models\": null}")), 409, "conflict", "name");
        fails(here.desk.dissolve("green"), 409, "conflict", "name");
    }

    @Test
    void aNameIsGivenOnce() {
        issued("{\"name\": \"web\"}");
        var other = issued("{\"name\": \"other\"}");

        fails(there.desk.issue(json("{\"name\": \"web\"}")), 409, "conflict", "name");
        fails(here.desk.change(other.entry().id(), json("{\"name\": \"web\"}")), 409, "conflict", "name");
        fails(here.desk.change(other.entry().id(), json("{\"name\": \"ci\"}")), 409, "conflict", "name");
        assertThat(now(here.desk.change(other.entry().id(), json("{\"name\": \"third\"}")))
                        .name())
                .isEqualTo("third");
    }

    @Test
    void aTeamsRightsAndLimitsHoldBesideTheKeysOwn() {
        now(here.desk.found(json("""
            {"name": "search", "models": ["a*", "b"], "providers": ["p"], "disclose": ["cost"], "controls": ["tags"],
             "rate_limit": {"requests_per_minute": 10}, "budget": {"limit_usd": 0.000000000001, "window": "week"},
             "tags": {"env": "team", "org": "x"}}\
            """)));
        var issued = issued("""
            {"name": "web", "team": "search", "models": ["a1", "c"], "rate_limit": {"concurrent": 2}, "tags": {"env": "key"}}\
            """);

        Caller caller = here.ring.identify(issued.secret());

        assertThat(caller.mayUseModel("a1")).isTrue();
        assertThat(caller.mayUseModel("a2")).isFalse();
        assertThat(caller.mayUseModel("c")).isFalse();
        assertThat(caller.mayUseModel("c", "b")).isTrue();
        assertThat(caller.mayUseProvider("q")).isFalse();
        assertThat(caller.isTold("provider")).isFalse();
        assertThat(caller.mayControl("strategy")).isFalse();
        assertThat(caller.tags()).isEqualTo(Map.of("env", "key", "org", "x"));
        assertThat(caller.grants())
                .containsExactly(
                        new Grant(Grant.Holder.KEY, caller.keyId(), new Grant.Rates(null, null, 2), null),
                        new Grant(
                                Grant.Holder.TEAM,
                                "search",
                                new Grant.Rates(10, null, null),
                                new Grant.Budget(1, Grant.Window.WEEK)));
        now(here.desk.dissolve("search"));
        assertThat(here.ring.identify(issued.secret()).mayUseModel("c")).isTrue();
    }

    @Test
    void aChangeLeavesTheRestAndNullTakesAway() {
        var issued = issued("""
            {"name": "web", "models": ["m"], "budget": {"limit_usd": 5, "window": "day"}, "tags": {"a": "b"}}\
            """);

        KeyEntry changed = now(here.desk.change(
                issued.entry().id(), json("{\"models\": null, \"rate_limit\": {\"tokens_per_minute\": 1000}}")));

        assertThat(Json.text(KeyFields.of(changed).write())).isEqualTo("""
            {"team":null,"models":null,"providers":null,"controls":null,"disclose":null,\
            "budget":{"limit_usd":5,"window":"day"},\
            "rate_limit":{"requests_per_minute":null,"tokens_per_minute":1000,"concurrent":null},\
            "tags":{"a":"b"},"expires_at":null}\
            """);
        assertThat(KeyFields.read(KeyFields.of(changed).write())).isEqualTo(KeyFields.of(changed));
    }

    @Test
    void twoWhoChangeDifferentThingsAtTheSameTimeBothHaveTheirWay() {
        var issued = issued("{\"name\": \"web\"}");
        there.follow();
        now(here.desk.change(issued.entry().id(), json("{\"models\": [\"m\"]}")));

        KeyEntry both = now(there.desk.change(issued.entry().id(), json("{\"providers\": [\"p\"]}")));

        assertThat(both.terms().rights().models()).containsExactly("m");
        assertThat(both.terms().rights().providers()).containsExactly("p");
        assertThat(both.mark().version()).isEqualTo(3);
    }

    @Test
    void withoutAStoreKeysComeFromFiles() {
        var book = new KeyBook(Settings.file(FILE), new NoKeyStore(), nanos::get);
        var desk = new KeyDesk(book, new NoKeyStore(), clock);

        fails(desk.issue(json("{\"name\": \"web\"}")), 409, "conflict", null);
        assertThat(book.keysAfter("")).extracting(KeyEntry::name).isEqualTo(List.of("ci"));
        assertThat(book.isSettled()).isTrue();
    }

    @Test
    void secretsHaveTheirFormAndAreNeverTheSame() {
        var desk = new KeyDesk(here.book, store, clock);

        var one = now(desk.issue(json("{\"name\": \"one\"}")));
        var other = now(desk.issue(json("{\"name\": \"two\"}")));

        assertThat(one.secret()).matches("sk-sb-[A-Za-z0-9_-]{43}").isNotEqualTo(other.secret());
        assertThat(one.entry().toString()).doesNotContain(one.secret());
    }
}
