package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import dev.signalbox.it.Wire.Chunking;
import io.restassured.response.Response;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that are gone on with, by those who have an endpoint for it and by those who only talk. */
@Timeout(60)
class CompletionsIT {

    private static final String COMPLETIONS = "/v1/completions";

    private static final String WHOLE = """
            {"id":"cmpl-1","object":"text_completion","created":1,"model":"up-1","choices":[{"text":" there","index":0,\
            "logprobs":{"tokens":[" there"]},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}""";

    private static final Lanes LANES = Lanes.of(7)
            .each("signalbox.providers.b%d.quirks.completions", "false")
            .set("signalbox.providers.sim.kind", "simulator");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    @Test
    void whereThereIsAnEndpointForItEverythingPasses() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.json(200, WHOLE));

        Response answer = GATEWAY.post(COMPLETIONS, """
                {"model":"%s","prompt":["a","b"],"best_of":3,"echo":true,"logprobs":2,"suffix":"z"}""".formatted(lane.model()));

        assertThat(answer.asString()).isEqualTo(WHOLE);
        assertThat(lane.first().only().path()).isEqualTo("/v1/completions");
        assertThat(lane.first().only().body())
                .isEqualTo(
                        "{\"model\":\"up-a\",\"prompt\":[\"a\",\"b\"],\"best_of\":3,\"echo\":true,\"logprobs\":2,\"suffix\":\"z\"}");
        assertThat(GATEWAY.row(answer.header("x-signalbox-request-id"))
                        .path("output_tokens")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    void aStreamPassesAndItsUsageIsTakenOut() {
        Lane lane = LANES.next();
        List<String> events = List.of(
                OpenAiAnswers.data(
                        "{\"id\":\"c\",\"object\":\"text_completion\",\"model\":\"u\",\"choices\":[{\"text\":\" the\",\"index\":0,\"finish_reason\":null}],\"usage\":null}"),
                OpenAiAnswers.data(
                        "{\"id\":\"c\",\"object\":\"text_completion\",\"model\":\"u\",\"choices\":[{\"text\":\"re\",\"index\":0,\"finish_reason\":\"stop\"}],\"usage\":null}"),
                OpenAiAnswers.data(
                        "{\"id\":\"c\",\"object\":\"text_completion\",\"model\":\"u\",\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}"),
                OpenAiAnswers.DONE);
        lane.first().answers(OpenAiAnswers.events(events, Chunking.THREES));

        List<String> blocks = stream("{\"model\":\"" + lane.model() + "\",\"prompt\":\"hello\",\"stream\":true}");

        assertThat(text(blocks)).isEqualTo(" there");
        assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
        assertThat(String.join("", blocks)).doesNotContain("\"usage\"");
        assertThat(lane.first()
                        .only()
                        .json()
                        .at("/stream_options/include_usage")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void whereThereIsNoneItIsSaidInAChat() {
        Lane lane = LANES.next();
        lane.second().answers(OpenAiAnswers.text("there"));

        Response answer =
                GATEWAY.post(COMPLETIONS, """
                {"model":"%s","prompt":["hello"],"max_tokens":5,"temperature":0.20,"stop":"x","best_of":1,"echo":false}""".formatted(lane.model()), "x-signalbox-provider", lane.secondName());

        JsonNode said = Shapes.json(answer.asString());
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(said.path("object").asText()).isEqualTo("text_completion");
        assertThat(said.at("/choices/0/text").asText()).isEqualTo("there");
        assertThat(said.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(said.at("/choices/0").has("logprobs")).isTrue();
        assertThat(said.at("/usage/completion_tokens").asInt()).isEqualTo(5);
        assertThat(lane.second().only().path()).isEqualTo("/v1/chat/completions");
        assertThat(lane.second().only().json())
                .isEqualTo(
                        Shapes.json(
                                "{\"model\":\"up-b\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],\"max_tokens\":5,\"temperature\":0.20,\"stop\":[\"x\"]}"));
    }

    @Test
    void aChatIsStreamedAsText() {
        List<String> blocks = stream(
                "{\"model\":\"sim/any\",\"prompt\":\"one two three\",\"stream\":true,\"stream_options\":{\"include_usage\":true}}");

        List<JsonNode> chunks = Listener.chunks(blocks);
        assertThat(text(blocks)).isEqualTo("one two three");
        assertThat(chunks)
                .allSatisfy(chunk -> assertThat(chunk.path("object").asText()).isEqualTo("text_completion"));
        assertThat(chunks.get(chunks.size() - 2).at("/choices/0/finish_reason").asText())
                .isEqualTo("stop");
        assertThat(chunks.getLast().at("/usage/prompt_tokens").asInt()).isPositive();
        assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'prompt':['a','b']|prompt|invalid_request",
                "'prompt':[1,2]|prompt|invalid_request",
                "'prompt':{}|prompt|invalid_request",
                "'prompt':'a','best_of':2|best_of|unsupported_parameter",
                "'prompt':'a','suffix':'z'|suffix|unsupported_parameter",
                "'prompt':'a','echo':true|echo|unsupported_parameter",
                "'prompt':'a','logprobs':2|logprobs|unsupported_parameter"
            })
    void whatAChatCannotSayIsRefusedByName(String more) {
        Lane lane = LANES.lane(6);
        String[] parts = more.replace('\'', '"').split("\\|");

        Response answer = GATEWAY.post(
                COMPLETIONS,
                "{\"model\":\"" + lane.model() + "\"," + parts[0] + "}",
                "x-signalbox-provider",
                lane.secondName());

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(400);
        assertThat(Shapes.json(answer.asString()).at("/error/param").asText()).isEqualTo(parts[1]);
        assertThat(Shapes.json(answer.asString()).at("/error/code").asText()).isEqualTo(parts[2]);
    }

    private static List<String> stream(String body) {
        try (Listener listener = Listener.askAt(GATEWAY, COMPLETIONS, body)) {
            assertThat(listener.status()).isEqualTo(200);
            return listener.rest();
        }
    }

    private static String text(List<String> blocks) {
        var text = new StringBuilder();
        Listener.chunks(blocks)
                .forEach(chunk -> text.append(chunk.at("/choices/0/text").asText()));
        return text.toString();
    }
}
