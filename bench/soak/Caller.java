import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Asks for stories in every way and looks closely at what comes. */
final class Caller {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String gateway;

    Caller(String gateway) {
        this.gateway = gateway;
    }

    /** How something is asked. */
    record Way(String model, boolean anthropic, boolean stream) {

        private static final String[] MODELS = {"balanced", "hedged"};

        /** One of eight, each as often as the others. */
        static Way of(long number) {
            return new Way(MODELS[(int) (number & 1)], (number & 2) != 0, (number & 4) != 0);
        }

        @Override
        public String toString() {
            return model + ", " + (anthropic ? "anthropic" : "openai") + (stream ? ", stream" : ", plain");
        }

        String path() {
            return anthropic ? "/v1/messages" : "/v1/chat/completions";
        }

        String body(Story story) {
            String more = stream && !anthropic ? ",\"stream_options\":{\"include_usage\":true}" : "";
            return "{\"model\":\"%s\",\"max_tokens\":4000,\"stream\":%s%s,\"messages\":[{\"role\":\"user\",\"content\":%s}]}"
                    .formatted(model, stream, more, Json.quoted(story.prompt()));
        }
    }

    /**
     * What a caller got.
     *
     * @param id the request's, as the gateway says it
     * @param problem what is wrong with it, in one line; null: nothing
     * @param inputTokens as the answer says
     * @param outputTokens as the answer says
     */
    record Answer(String id, String problem, long inputTokens, long outputTokens) {}

    /** Asks, waits until the answer is whole, and compares. */
    Answer ask(Way way, Story story) {
        var request = HttpRequest.newBuilder(URI.create(gateway + way.path()))
                .header("content-type", "application/json")
                .header("anthropic-version", "2023-06-01")
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofString(way.body(story)));
        String id = "(none)";
        try {
            var response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            id = response.headers().firstValue("x-signalbox-request-id").orElse(id);
            try (var lines = new BufferedReader(new InputStreamReader(response.body(), UTF_8))) {
                Reading reading = new Reading(story);
                if (response.statusCode() != 200) {
                    reading.problem("status " + response.statusCode() + " " + lines.readAllAsString());
                } else if (way.stream()) {
                    blocks(lines).forEach(way.anthropic() ? reading::anthropic : reading::openAi);
                } else if (way.anthropic()) {
                    reading.message(Json.read(lines.readAllAsString()));
                } else {
                    reading.completion(Json.read(lines.readAllAsString()));
                }
                return reading.end(id);
            }
        } catch (IOException | RuntimeException e) {
            return new Answer(id, "the connection or the answer is broken: " + e, -1, -1);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> blocks(BufferedReader lines) throws IOException {
        List<String> blocks = new ArrayList<>();
        var block = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.isEmpty()) {
                block.append(line).append('\n');
            } else if (!block.isEmpty()) {
                blocks.add(block.toString());
                block.setLength(0);
            }
        }
        if (!block.isEmpty()) {
            blocks.add(block + "(cut)");
        }
        return blocks;
    }
}
