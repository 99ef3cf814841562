package dev.signalbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.limits.money.Budget;
import dev.signalbox.limits.money.Purse;
import dev.signalbox.limits.money.Purse.Account;
import dev.signalbox.limits.money.Purse.Scope;
import dev.signalbox.limits.money.Window;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The scripts in a real Redis do what the {@link SheetsModel} does that the simulation runs on, for amounts of any size. */
@Timeout(120)
class SheetsScriptTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static final OwnRedis REDIS = OwnRedis.started();
    private static final Link LINK = new Link(() -> Optional.of(REDIS.address()), VERTX);
    private static final long NEVER = 1_000_000_000;
    private static final long NOW = 1_000_000;
    private static final Script TELL =
            Script.of(Reckoning.shared() + Script.named("budgets").text());
    private static final Script SURVEY =
            Script.of(Reckoning.shared() + Script.named("survey").text());
    private static final Script RECONCILE =
            Script.of(Reckoning.shared() + Script.named("reconcile").text());
    private static final Script READ = Script.of("return redis.call('HGETALL', KEYS[1])");
    private static final Script CLEAR = Script.of("return redis.call('FLUSHALL')");

    @BeforeAll
    static void connect() throws InterruptedException {
        var arrived = new Semaphore(0);
        LINK.onArrival(arrived::release);
        LINK.start(new StartupEvent());
        arrived.acquire();
    }

    @AfterAll
    static void close() {
        LINK.stop(new ShutdownEvent());
        REDIS.close();
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    private static Response run(Script script, List<String> keys, List<String> arguments) {
        return LINK.unguarded(script, keys, arguments).await().atMost(Duration.ofSeconds(10));
    }

    /** Amounts of all sizes, most of all around where doubles cease to be exact. */
    private static long amount(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextInt(50);
            case 1 -> random.nextLong(1_000_000_000_000L);
            case 2 -> (1L << 53) - 3 + random.nextInt(7);
            case 3 -> 999_999_990 + random.nextInt(20);
            default -> random.nextLong(20_000_000_000_000_000L);
        };
    }

    private static final class Owner {
        private final String name;
        private long number;
        private final Map<Account, Statement.Line> last = new HashMap<>();
        private final Map<Account, Told.Standing> standing = new HashMap<>();

        Owner(String name) {
            this.name = name;
        }
    }

    @Test
    void theyAgree() {
        int given = 0;
        int denied = 0;
        for (long seed = 0; seed < 150; seed++) {
            var random = new Random(seed);
            run(CLEAR, List.of(), List.of());
            var model = new SheetsModel();
            List<Purse> purses = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                long limit = random.nextBoolean() ? amount(random) : 8_000_000_000_000_000_000L;
                purses.add(Purse.of(Scope.values()[i], "p" + i, new Budget(limit, Window.values()[i]), Instant.now()));
            }
            List<Owner> owners = List.of(new Owner("a"), new Owner("b"), new Owner("c"));
            String epoch = "";
            for (int step = 0; step < 40; step++) {
                switch (random.nextInt(8)) {
                    case 0 ->
                        reconcile(random, model, purses.get(random.nextInt(3)).account());
                    case 1 ->
                        survey(random, model, purses.get(random.nextInt(3)).account());
                    default -> {
                        Owner owner = owners.get(random.nextInt(3));
                        Statement statement = statement(random, owner, purses, epoch);
                        long unseen = random.nextInt(6) == 0 ? -1 : NEVER;
                        long gone = unseen < 0 && random.nextBoolean() ? -1 : NEVER;
                        Told expected = model.tell(statement, NOW, "e", unseen, gone);
                        Told told = Told.of(run(
                                TELL,
                                statement.keys(),
                                statement.arguments("e", Duration.ofMillis(unseen), Duration.ofMillis(gone))));
                        assertThat(told.standings())
                                .as("seed %s step %s %s %s %s", seed, step, statement, unseen, gone)
                                .isEqualTo(expected.standings());
                        assertThat(told.verdicts())
                                .as("seed %s step %s", seed, step)
                                .isEqualTo(expected.verdicts());
                        assertThat(told.epoch()).isEqualTo(expected.epoch());
                        assertThat(told.there().keySet())
                                .as("seed %s step %s %s", seed, step, statement)
                                .isEqualTo(expected.there().keySet());
                        if (!told.epoch().isEmpty()) {
                            epoch = told.epoch();
                            for (int i = 0; i < told.standings().size(); i++) {
                                owner.standing.put(
                                        statement.lines().get(i).account(),
                                        told.standings().get(i));
                            }
                        }
                        for (Told.Grant grant : told.verdicts()) {
                            given += grant instanceof Told.Grant.Given ? 1 : 0;
                            denied += grant instanceof Told.Grant.Denied ? 1 : 0;
                        }
                    }
                }
                purses.forEach(purse -> same(model, purse.account()));
            }
        }
        assertThat(given).isGreaterThan(100);
        assertThat(denied).isGreaterThan(100);
    }

    private static Statement statement(Random random, Owner owner, List<Purse> purses, String epoch) {
        List<Statement.Line> lines = new ArrayList<>();
        for (Purse purse : purses) {
            if (random.nextInt(3) > 0) {
                lines.add(line(random, owner, purse));
            }
        }
        List<Statement.Want> wants = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0 && !lines.isEmpty(); i--) {
            List<Integer> payers = new ArrayList<>();
            for (int line = 0; line < lines.size(); line++) {
                if (random.nextBoolean()) {
                    payers.add(line);
                }
            }
            if (!payers.isEmpty()) {
                long need = random.nextInt(5) == 0 ? 0 : amount(random);
                wants.add(new Statement.Want(need, Advance.welcome(need), payers));
            }
        }
        owner.number = Math.max(1, owner.number + 1 - (random.nextInt(8) == 0 ? 1 : 0));
        return new Statement(
                owner.name,
                owner.number,
                0,
                random.nextBoolean() ? epoch : "",
                random.nextInt(20) == 0,
                random.nextBoolean(),
                lines,
                List.of(),
                wants,
                random.nextInt(6) == 0 ? Map.of("z", NEVER, "a", NEVER) : Map.of());
    }

    /** Mostly what an honest replica would say, sometimes not. */
    private static Statement.Line line(Random random, Owner owner, Purse purse) {
        Statement.Line before = owner.last.getOrDefault(
                purse.account(), new Statement.Line(purse.account(), purse.limit(), 0, 0, 0, 0, 0, 0));
        Told.Standing standing = owner.standing.get(purse.account());
        long granted = standing == null ? before.granted() : standing.granted();
        int version = standing == null ? before.version() : standing.version();
        long held = Math.max(0, granted - before.settled() - before.returned());
        boolean isOdd = random.nextInt(12) == 0;
        long settled = before.settled() + (isOdd ? amount(random) : held / 4);
        long returned = before.returned() + (random.nextInt(3) == 0 ? held / 4 : 0);
        long underWay = random.nextInt(3) == 0 ? 0 : isOdd ? amount(random) : held / 3;
        var line = new Statement.Line(
                purse.account(),
                purse.limit(),
                version + (isOdd && random.nextBoolean() ? 1 : 0),
                granted,
                settled,
                returned,
                random.nextBoolean() ? settled : before.arrived(),
                underWay);
        owner.last.put(purse.account(), line);
        return line;
    }

    private static void survey(Random random, SheetsModel model, Account account) {
        long young = random.nextInt(4) == 0 ? NEVER : 0;
        SheetsModel.Survey expected = model.survey(account, NOW, young, NEVER);
        Response found = run(
                SURVEY,
                List.of(Statement.THERE, Statement.sheet(account)),
                List.of(Long.toString(young), Long.toString(NEVER)));
        assertThat(found.get(0).toInteger() == 1).isEqualTo(expected.isReady());
        assertThat(found.get(1).toInteger() == 1).isEqualTo(expected.isOpened());
        assertThat(found.get(2).toString()).isEqualTo(expected.round());
        assertThat(Told.whole(found.get(3))).isEqualTo(expected.arrived());
    }

    private static void reconcile(Random random, SheetsModel model, Account account) {
        SheetsModel.Survey now = model.survey(account, NOW, 0, NEVER);
        String round = (random.nextInt(8) == 0 ? "lost" : "") + now.round() + (random.nextInt(8) == 0 ? "1" : "");
        SheetsModel.Sheet sheet = model.sheets.get(account);
        long ledger = random.nextBoolean() || sheet == null
                ? amount(random)
                : Math.max(0, sheet.spent() - 5 + random.nextInt(20));
        boolean isExact = random.nextInt(4) > 0;
        long forgotten = random.nextInt(5) == 0 ? -1 : NEVER;
        boolean expected = model.reconcile(account, round, now.arrived(), ledger, isExact, forgotten, NOW);
        Response done = run(
                RECONCILE,
                List.of(Statement.THERE, Statement.sheet(account)),
                List.of(
                        round,
                        Long.toString(now.arrived()),
                        Long.toString(ledger),
                        isExact ? "1" : "0",
                        Long.toString(forgotten),
                        Long.toString(Statement.expires(account)),
                        "5000",
                        "12000"));
        assertThat(done.get(0).toInteger() == 1).isEqualTo(expected);
    }

    private static void same(SheetsModel model, Account account) {
        Response all = run(READ, List.of(Statement.sheet(account)), List.of());
        Map<String, String> found = new TreeMap<>();
        for (int i = 0; i < all.size(); i += 2) {
            found.put(all.get(i).toString(), all.get(i + 1).toString());
        }
        found.remove("at");
        Map<String, String> expected = new TreeMap<>();
        SheetsModel.Sheet sheet = model.sheets.get(account);
        if (sheet != null) {
            sheet.owners.forEach((owner, one) -> expected.put("o:" + owner, one.toString()));
            if (sheet.base != null) {
                expected.put("base", Long.toString(sheet.base));
                expected.put("missing", Long.toString(sheet.missing));
                expected.put("top", Long.toString(sheet.top));
                expected.put("round", Integer.toString(sheet.round));
            }
            if (sheet.isWarned) {
                expected.put("warned", "1");
            }
        }
        assertThat(found).isEqualTo(expected);
    }
}
