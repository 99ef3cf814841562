package dev.signalbox.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A caller who listens to a stream as it comes. */
final class Listener implements AutoCloseable {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final HttpResponse<InputStream> response;
    private final BufferedReader lines;
    private boolean broken;

    private Listener(HttpResponse<InputStream> response) {
        this.response = response;
        this.lines = new BufferedReader(new InputStreamReader(response.body(), UTF_8));
    }

    /** Asks; the answer begins some time later. Cancelling hangs up. Headers in pairs. */
    static CompletableFuture<HttpResponse<InputStream>> asking(Gateway gateway, String body, String... headers) {
        return askingAt(gateway, "/v1/chat/completions", body, headers);
    }

    /** The same at another address. */
    static CompletableFuture<HttpResponse<InputStream>> askingAt(
            Gateway gateway, String path, String body, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(gateway.url() + path))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return CLIENT.sendAsync(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    /** Asks, and waits until the answer begins. */
    static Listener ask(Gateway gateway, String body, String... headers) {
        return of(asking(gateway, body, headers));
    }

    /** Asks somewhere else, and waits until the answer begins. */
    static Listener askAt(Gateway gateway, String path, String body, String... headers) {
        return of(askingAt(gateway, path, body, headers));
    }

    static Listener of(CompletableFuture<HttpResponse<InputStream>> asked) {
        try {
            return new Listener(asked.get(30, TimeUnit.SECONDS));
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("no answer began", e);
        }
    }

    int status() {
        return response.statusCode();
    }

    String header(String name) {
        return response.headers().firstValue(name).orElse(null);
    }

    String id() {
        return header("x-signalbox-request-id");
    }

    /** The next block up to a blank line, without it; null at the end. */
    String next() {
        var block = new StringBuilder();
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty() && !block.isEmpty()) {
                    return block.toString();
                }
                block.append(block.isEmpty() ? "" : "\n").append(line);
            }
        } catch (IOException e) {
            broken = true;
        }
        return block.isEmpty() ? null : block.toString();
    }

    /** Every block that is still to come. */
    List<String> rest() {
        List<String> blocks = new ArrayList<>();
        for (String block = next(); block != null; block = next()) {
            blocks.add(block);
        }
        return blocks;
    }

    /** Whether the connection broke before the answer was whole. */
    boolean isBroken() {
        return broken;
    }

    /** Closes the connection. */
    void hangUp() {
        try {
            response.body().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        hangUp();
    }

    /** The JSON of a data block. */
    static JsonNode data(String block) {
        if (!block.startsWith("data: ")) {
            throw new AssertionError("no data: " + block);
        }
        return Shapes.json(block.substring("data: ".length()).replace("\ndata: ", "\n"));
    }

    /** The chunks among these blocks, without comments and the end mark. */
    static List<JsonNode> chunks(List<String> blocks) {
        return blocks.stream()
                .filter(block -> block.startsWith("data: ") && !block.equals("data: [DONE]"))
                .map(Listener::data)
                .toList();
    }

    /** Checks that a stream in OpenAI's language broke behind these words, and says so at its end. */
    static void assertBrokeBehind(String words, List<String> blocks) {
        assertThat(text(blocks)).isEqualTo(words);
        assertThat(blocks).doesNotContain("data: [DONE]");
        assertThat(blocks.get(blocks.size() - 2)).startsWith("data: {\"error\"");
        assertThat(blocks.toString()).doesNotContain("\"finish_reason\":\"stop\"");
    }

    /** The words that these blocks say. */
    static String text(List<String> blocks) {
        var text = new StringBuilder();
        for (JsonNode chunk : chunks(blocks)) {
            for (JsonNode choice : chunk.path("choices")) {
                text.append(choice.path("delta").path("content").asText(""));
            }
        }
        return text.toString();
    }

    /** The gateway's own facts, which stand in a comment among these blocks. */
    static JsonNode facts(List<String> blocks) {
        List<String> comments =
                blocks.stream().filter(b -> b.startsWith(": signalbox ")).toList();
        if (comments.size() != 1) {
            throw new AssertionError("one comment with facts was expected, but there are " + comments);
        }
        return Shapes.json(comments.getFirst().substring(": signalbox ".length()));
    }
}
