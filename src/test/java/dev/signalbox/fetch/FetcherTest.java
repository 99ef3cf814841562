package dev.signalbox.fetch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.signalbox.catalogue.InvalidConfig;
import dev.signalbox.chat.Caller;
import dev.signalbox.chat.CallerGone;
import dev.signalbox.chat.Controls;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Part.Media;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.SignalboxException;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class FetcherTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static final byte[] PNG = "\u0089PNG\r\n\u001a\nrest".getBytes(ISO_8859_1);
    private static final String LOOPBACK = "127.0.0.0/8";

    private final List<HttpExchange> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 50);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        serves("/a.png", PNG);
        serves("/a.pdf", "%PDF-1.7 and more".getBytes(UTF_8));
        serves("/a.txt", "words".getBytes(UTF_8));
    }

    @AfterEach
    void stop() {
        released.countDown();
        server.stop(0);
    }

    @AfterAll
    static void close() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void whatIsAtAnAddressIsGivenToTheExchange() {
        Exchange exchange = exchange(image("/a.png"), document("/a.pdf"), document("/a.txt"));

        fetch(fetcher(LOOPBACK), exchange, "/a.png", "/a.pdf", "/a.txt");

        assertThat(exchange.fetched())
                .containsOnly(
                        Map.entry(url("/a.png"), base64("image/png", PNG)),
                        Map.entry(url("/a.pdf"), base64("application/pdf", "%PDF-1.7 and more".getBytes(UTF_8))),
                        Map.entry(url("/a.txt"), base64("text/plain", "words".getBytes(UTF_8))));
        assertThat(asked).allSatisfy(request -> {
            assertThat(request.getRequestHeaders().getFirst("host")).isEqualTo(authority());
            assertThat(request.getRequestHeaders().keySet()).doesNotContain("Authorization", "Cookie", "Referer");
        });
    }

    @Test
    void theSameAddressIsAskedOnce() {
        Exchange exchange = exchange(image("/a.png"), image("/a.png"));
        Fetcher fetcher = fetcher(LOOPBACK);
        List<Unsaid> unsaid = unsaid("/a.png", "/a.png");

        assertThat(fetcher.canHelp(exchange, unsaid)).isTrue();
        fetcher.fetch(exchange, unsaid).await().atMost(Duration.ofSeconds(10));

        assertThat(asked).hasSize(1);
        assertThat(fetcher.canHelp(exchange, unsaid)).isFalse();
    }

    @Test
    void oneRequestIsNoFloodOfThem() {
        String[] paths = IntStream.range(0, 101).mapToObj(i -> "/" + i).toArray(String[]::new);

        assertThatThrownBy(() -> fetch(fetcher(LOOPBACK), exchange(image("/0")), paths))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("at most 100");
        assertThat(asked).isEmpty();
    }

    @Test
    void nothingIsFetchedThatBytesDoNotHelp() {
        Exchange exchange = exchange(image("/a.png"));
        List<Unsaid> mixed = List.of(Unsaid.bytesOnly("p", "r", url("/a.png")), new Unsaid("tools", "has no tools"));

        assertThat(fetcher(LOOPBACK).canHelp(exchange, mixed)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:%d/a.png",
                "http://localhost:%d/a.png",
                "http://2130706433:%d/a.png",
                "http://[::ffff:127.0.0.1]:%d/a.png",
                "http://[::1]:%d/a.png",
                "http://0.0.0.0:%d/a.png",
                "http://169.254.169.254/latest/meta-data/",
                "http://does-not-exist.invalid/"
            })
    void onlyPublicAddressesAreConnectedTo(String form) {
        String url = form.formatted(server.getAddress().getPort());

        InvalidRequest refusal = refusal(fetcher(), exchange(new Part.Image(new Media.Url(url), null, null, "p")), url);

        assertThat(refusal.message())
                .contains("'p'", "does not lead to a public address")
                .doesNotContain("127.0.0.1");
        assertThat(refusal.param()).isEqualTo("p");
        assertThat(asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://127.0.0.1/a.png",
                "file:///etc/passwd",
                "gopher://127.0.0.1:1/",
                "http://user:secret@127.0.0.1/a.png",
                "http:///a.png",
                "//127.0.0.1/a.png",
                "a.png",
                "",
                "http://exa mple/"
            })
    void onlyPlainWebAddressesAreTaken(String url) {
        InvalidRequest refusal =
                refusal(fetcher(LOOPBACK), exchange(new Part.Image(new Media.Url(url), null, null, "p")), url);

        assertThat(refusal.message()).contains("must be like https://").doesNotContain("secret");
        assertThat(asked).isEmpty();
    }

    @Test
    void redirectsAreFollowedAndCheckedEachTime() {
        redirects("/1", "/2");
        redirects("/2", url("/3"));
        redirects("/3", "a.png");
        Exchange exchange = exchange(image("/1"));

        fetch(fetcher(LOOPBACK), exchange, "/1");

        assertThat(exchange.fetched()).containsKey(url("/1"));
        assertThat(asked).hasSize(4);
    }

    @Test
    void redirectsEnd() {
        redirects("/0", "/1");
        redirects("/1", "/2");
        redirects("/2", "/3");
        redirects("/3", "/a.png");

        assertThat(refusal(fetcher(LOOPBACK), exchange(image("/0")), url("/0")).message())
                .contains("leads on and on");
        assertThat(asked).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.2:%d/a.png", "http://169.254.169.254/", "http://[::1]:%d/a.png"})
    void aRedirectToAnInnerAddressIsRefused(String form) {
        redirects("/1", form.formatted(server.getAddress().getPort()));

        InvalidRequest refusal = refusal(fetcher("127.0.0.1/32"), exchange(image("/1")), url("/1"));

        assertThat(refusal.message())
                .contains("does not lead to a public address")
                .doesNotContain("127.0.0.2");
        assertThat(asked).hasSize(1);
    }

    @Test
    void aRedirectOutOfTheWebIsRefused() {
        redirects("/1", "file:///etc/passwd");

        assertThat(refusal(fetcher(LOOPBACK), exchange(image("/1")), url("/1")).message())
                .contains("must be like https://");
    }

    @Test
    void whatIsTooLargeIsRefusedHoweverItIsSent() {
        serves("/large.txt", "x".repeat(600).getBytes(UTF_8));
        answers("/endless.txt", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (var out = exchange.getResponseBody()) {
                for (int i = 0; i < 100_000; i++) {
                    out.write("x".repeat(1_000).getBytes(UTF_8));
                }
            }
        });

        assertThat(refusal(fetcher(LOOPBACK), exchange(document("/endless.txt")), url("/endless.txt"))
                        .message())
                .contains("larger than signalbox.fetch.max-bytes");
        // each is small enough, both are not
        serves("/other.txt", "y".repeat(600).getBytes(UTF_8));
        Exchange both = exchange(document("/large.txt"), document("/other.txt"));
        assertThatThrownBy(() -> fetch(fetcher(LOOPBACK), both, "/large.txt", "/other.txt"))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("larger than");
        assertThat(both.fetched()).isEmpty();
    }

    @Test
    void aServerThatTakesTooLongIsLeft() {
        answers("/slow", exchange -> await());

        Fetcher fetcher = fetcher(Duration.ofMillis(300), LOOPBACK);

        assertThat(refusal(fetcher, exchange(image("/slow")), url("/slow")).message())
                .contains("takes longer than 300 ms");
    }

    @Test
    void theCallersOwnTimeIsAskedToo() {
        answers("/slow", exchange -> await());
        var controls = new Controls(
                null, null, null, null, Duration.ofMillis(200), null, false, Map.of(), Controls.Wishes.NONE);
        Exchange exchange = exchange(controls, image("/slow"));

        assertThatThrownBy(() -> fetch(fetcher(LOOPBACK), exchange, "/slow"))
                .isInstanceOfSatisfying(
                        SignalboxException.class, e -> assertThat(e.code()).isEqualTo("timeout"));
    }

    @Test
    void aCallerWhoHangsUpEndsIt() {
        answers("/slow", exchange -> await());
        Exchange exchange = exchange(image("/slow"));
        VERTX.setTimer(100, _ -> exchange.cancellation().cancel());

        assertThatThrownBy(() -> fetch(fetcher(LOOPBACK), exchange, "/slow")).isInstanceOf(CallerGone.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a.pdf", "/a.txt", "/a.zip"})
    void whatIsNoImageIsRefusedWhereOneIsWantedWhateverTheServerSays(String path) {
        serves("/a.zip", "PK\u0003\u0004".getBytes(ISO_8859_1));

        assertThat(refusal(fetcher(LOOPBACK), exchange(image(path)), url(path)).message())
                .contains("not an image");
    }

    @Test
    void anImageIsNoDocument() {
        assertThat(refusal(fetcher(LOOPBACK), exchange(document("/a.png")), url("/a.png"))
                        .message())
                .contains("image/png", "not a document");
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 206, 304, 401, 404, 500})
    void anotherStatusIsToldAndNotRead(int status) {
        answers("/" + status, exchange -> exchange.sendResponseHeaders(status, -1));

        assertThat(refusal(fetcher(LOOPBACK), exchange(image("/" + status)), url("/" + status))
                        .message())
                .contains("answers HTTP " + status);
    }

    @Test
    void aServerThatIsNotThereIsTold() {
        server.stop(0);

        assertThat(refusal(fetcher(LOOPBACK), exchange(image("/a.png")), url("/a.png"))
                        .message())
                .contains("does not answer");
    }

    @Test
    void nonsenseInTheConfigurationIsRefused() {
        assertThatThrownBy(() -> fetcher("localhost"))
                .isInstanceOf(InvalidConfig.class)
                .hasMessageContaining("signalbox.fetch.allow");
        assertThatThrownBy(() -> fetcher(Duration.ZERO)).isInstanceOf(InvalidConfig.class);
    }

    private void await() {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private InvalidRequest refusal(Fetcher fetcher, Exchange exchange, String url) {
        List<InvalidRequest> refusals = new ArrayList<>();
        assertThatThrownBy(() -> fetcher.fetch(exchange, List.of(Unsaid.bytesOnly("p", "takes bytes only", url)))
                        .await()
                        .atMost(Duration.ofSeconds(10)))
                .isInstanceOfSatisfying(InvalidRequest.class, refusals::add);
        assertThat(exchange.fetched()).isEmpty();
        return refusals.getFirst();
    }

    private void fetch(Fetcher fetcher, Exchange exchange, String... paths) {
        fetcher.fetch(exchange, unsaid(paths)).await().atMost(Duration.ofSeconds(10));
    }

    private List<Unsaid> unsaid(String... paths) {
        return List.of(paths).stream()
                .map(path -> Unsaid.bytesOnly("p", "takes bytes only", url(path)))
                .toList();
    }

    private static Fetcher fetcher(String... allowed) {
        return fetcher(Duration.ofSeconds(5), allowed);
    }

    private static Fetcher fetcher(Duration timeout, String... allowed) {
        return new Fetcher(VERTX, new FetchConfig() {
            @Override
            public boolean enabled() {
                return true;
            }

            @Override
            public MemorySize maxBytes() {
                return new MemorySize(BigInteger.valueOf(1_000));
            }

            @Override
            public Duration timeout() {
                return timeout;
            }

            @Override
            public Optional<List<String>> allow() {
                return Optional.of(List.of(allowed));
            }
        });
    }

    private interface Handler {
        void answer(HttpExchange exchange) throws IOException;
    }

    private void answers(String path, Handler handler) {
        server.createContext(path, exchange -> {
            asked.add(exchange);
            handler.answer(exchange);
            exchange.close();
        });
    }

    private void serves(String path, byte[] bytes) {
        answers(path, exchange -> {
            exchange.getResponseHeaders().add("content-type", "image/png");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        });
    }

    private void redirects(String path, String location) {
        answers(path, exchange -> {
            exchange.getResponseHeaders().add("location", location);
            exchange.sendResponseHeaders(302, -1);
        });
    }

    private String authority() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private String url(String path) {
        return "http://" + authority() + path;
    }

    private Part image(String path) {
        return new Part.Image(new Media.Url(url(path)), null, null, "p");
    }

    private Part document(String path) {
        return new Part.Document(new Media.Url(url(path)), null, null, "p");
    }

    private static Media.Base64 base64(String mediaType, byte[] bytes) {
        return new Media.Base64(mediaType, Base64.getEncoder().encodeToString(bytes));
    }

    private static Exchange exchange(Part... parts) {
        return exchange(Controls.NONE, parts);
    }

    private static Exchange exchange(Controls controls, Part... parts) {
        var prompt = new Prompt(
                List.of(new Prompt.Message(Prompt.Role.USER, List.of(parts), "messages[0]")),
                List.of(),
                null,
                Map.of(),
                List.of());
        var arrival = new Exchange.Arrival("id", Instant.EPOCH, System.nanoTime(), Caller.ANYONE, controls, Map.of());
        return new Exchange(arrival, "any", Operation.CHAT, "m", false, false, null, () -> prompt, null);
    }
}
