package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gemini's language in: as Google's clients call it, with answers and errors as they know them. */
@Timeout(60)
class GeminiDoorIT {

    private static final String KEY = "sk-of-the-caller-0123456789";
    private static final String HI = """
            {"contents":[{"role":"user","parts":[{"text":"hi"}]}]}""";

    private static final int WITH_SLASH = 0;

    private static final Lanes OPENAI = openAi();
    private static final Lanes GEMINI = GeminiAnswers.lanes(30);

    @RegisterExtension
    static final Gateway FOREIGN =
            Gateway.with(OPENAI).and("signalbox.auth.keys.ci.key", KEY).and("signalbox.max-body-size", "64K");

    @RegisterExtension
    static final Gateway SAME = Gateway.with(GEMINI);

    private static Lanes openAi() {
        Lanes lanes = Lanes.of(30)
                .each("signalbox.models.m%d.context-window", "8192")
                .each("signalbox.models.m%d.max-output-tokens", "1024")
                .set("signalbox.models.\"team/one\".deployments[0].provider", "a0")
                .set("signalbox.models.\"team/one\".deployments[0].model", "up-a")
                .set("signalbox.models.m1.aliases[0]", "llama3:8b");
        lanes.next();
        lanes.next();
        return lanes;
    }

    private static Response post(Gateway gateway, String path, String body, String... headers) {
        RequestSpecification request = gateway.request().header("content-type", "application/json");
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request.body(body).post(path);
    }

    private static Response foreign(String path, String body) {
        return post(FOREIGN, path, body, "x-goog-api-key", KEY);
    }

    private static Response get(String path) {
        return FOREIGN.request().header("x-goog-api-key", KEY).get(path);
    }

    private static JsonNode error(Response answer, int status, String name, String reason) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        assertThat(answer.contentType()).startsWith("application/json");
        assertThat(answer.header("x-signalbox-request-id")).isNotBlank();
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("code").asInt()).isEqualTo(status);
        assertThat(error.path("status").asText()).isEqualTo(name);
        assertThat(error.path("message").asText()).isNotBlank();
        assertThat(error.path("details").path(0).path("reason").asText()).isEqualTo(reason);
        return error;
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1beta", "/v1"})
    void aModelOfAnotherVendorAnswersInGeminisShape(String version) {
        Lane lane = OPENAI.next();

        Response answer = foreign(version + "/models/" + lane.model() + ":generateContent", HI);

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        JsonNode json = Shapes.json(answer.asString());
        JsonNode candidate = json.path("candidates").path(0);
        assertThat(candidate.path("content").path("role").asText()).isEqualTo("model");
        assertThat(candidate.path("content").path("parts").path(0).path("text").asText())
                .isEqualTo("hello");
        assertThat(candidate.path("finishReason").asText()).isEqualTo("STOP");
        assertThat(json.path("usageMetadata").path("promptTokenCount").asInt()).isEqualTo(7);
        assertThat(json.path("modelVersion").asText()).isEqualTo("up-2024-08-06");
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.firstName());
        assertThat(lane.first().only().json().path("model").asText()).isEqualTo("up-a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1beta", "/v1"})
    void googlesOwnClientsListModelsInEitherVersion(String version) {
        assertThat(Shapes.json(get(version + "/models").asString())
                        .at("/models/0/name")
                        .asText())
                .startsWith("models/");
        assertThat(Shapes.json(get(version + "/models/m2").asString())
                        .path("name")
                        .asText())
                .isEqualTo("models/m2");
        error(get(version + "/models/nobody"), 404, "NOT_FOUND", "model_not_found");
    }

    @Test
    void googlesOwnClientsGetNoComments() {
        Lane lane = OPENAI.next();

        Response answer = post(
                FOREIGN,
                "/v1beta/models/" + lane.model() + ":streamGenerateContent?alt=sse",
                HI,
                "x-goog-api-key",
                KEY,
                "x-goog-api-client",
                "google-genai-sdk/2.25.0 gl-python/3.13.0");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.asString().lines().filter(line -> !line.isEmpty()))
                .isNotEmpty()
                .allMatch(line -> line.startsWith("data: "));
    }

    @Test
    void aStreamIsEventsWhenTheyAreAskedFor() {
        Lane lane = OPENAI.next();

        Response answer = foreign("/v1beta/models/" + lane.model() + ":streamGenerateContent?alt=sse", HI);

        assertThat(answer.contentType()).startsWith("text/event-stream");
        List<String> blocks = Arrays.stream(answer.asString().split("\r?\n\r?\n"))
                .filter(block -> !block.isBlank())
                .toList();
        assertThat(blocks.getLast()).startsWith(": signalbox {");
        List<JsonNode> chunks = blocks.stream()
                .filter(block -> block.startsWith("data: "))
                .map(Listener::data)
                .toList();
        assertThat(chunks).hasSize(blocks.size() - 1);
        assertThat(text(chunks)).isEqualTo("hello");
        assertThat(chunks.getLast()
                        .path("candidates")
                        .path(0)
                        .path("finishReason")
                        .asText())
                .isEqualTo("STOP");
        assertThat(chunks.getLast()
                        .path("usageMetadata")
                        .path("promptTokenCount")
                        .asInt())
                .isEqualTo(7);
    }

    private static String text(Iterable<JsonNode> chunks) {
        var text = new StringBuilder();
        for (JsonNode chunk : chunks) {
            for (JsonNode part :
                    chunk.path("candidates").path(0).path("content").path("parts")) {
                text.append(part.path("text").asText());
            }
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?alt=json"})
    void aStreamIsAnArrayOtherwise(String query) {
        Lane lane = OPENAI.next();

        Response answer = foreign("/v1beta/models/" + lane.model() + ":streamGenerateContent" + query, HI);

        assertThat(answer.contentType()).startsWith("application/json");
        JsonNode array = Shapes.json(answer.asString());
        assertThat(array.isArray()).isTrue();
        assertThat(text(array)).isEqualTo("hello");
        assertThat(answer.asString()).doesNotContain("signalbox");
    }

    @ParameterizedTest
    @ValueSource(strings = {"?alt=sse", ""})
    void aStreamThatBreaksSaysSo(String query) {
        Lane lane = OPENAI.next();
        lane.first()
                .answers((_, wire) -> wire.events()
                        .send(OpenAiAnswers.role())
                        .send(OpenAiAnswers.delta("half "))
                        .cut());

        String answer = foreign("/v1beta/models/" + lane.model() + ":streamGenerateContent" + query, HI)
                .asString();

        if (query.isEmpty()) {
            JsonNode array = Shapes.json(answer);
            assertThat(array.path(array.size() - 1).path("error").path("code").asInt())
                    .isGreaterThanOrEqualTo(500);
        } else {
            assertThat(answer).contains("data: {\"error\"");
        }
        assertThat(answer).doesNotContain("\"STOP\"");
    }

    @ParameterizedTest
    @CsvSource({"x-goog-api-key,", "Authorization,Bearer "})
    void aKeyIsTakenFromAHeader(String header, String prefix) {
        Lane lane = OPENAI.next();

        Response answer = post(
                FOREIGN,
                "/v1beta/models/" + lane.model() + ":generateContent",
                HI,
                header,
                (prefix == null ? "" : prefix + " ") + KEY);

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(lane.first().only().headers().toString()).doesNotContain(KEY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?key=" + KEY, "?alt=sse&key=" + KEY, "?key=sk%2Dof%2Dthe%2Dcaller-0123456789&x"})
    void aKeyIsTakenFromTheAddress(String query) {
        Lane lane = OPENAI.next();

        Response answer = post(FOREIGN, "/v1beta/models/" + lane.model() + ":generateContent" + query, HI);

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(lane.first().only().path()).doesNotContain("key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1beta/models/m2:generateContent", "/v1beta/models/m2:countTokens"})
    void withoutAGoodKeyNobodyPasses(String path) {
        error(post(FOREIGN, path, HI), 401, "UNAUTHENTICATED", "invalid_api_key");
        error(post(FOREIGN, path, HI, "x-goog-api-key", "AIza-other"), 401, "UNAUTHENTICATED", "invalid_api_key");
        error(FOREIGN.request().get("/v1beta/models"), 401, "UNAUTHENTICATED", "invalid_api_key");
    }

    @ParameterizedTest
    @CsvSource({
        "POST,/v1beta/nothing,404",
        "POST,/v1beta/models/m2:predict,404",
        "GET,/v1beta,404",
        "GET,/v1beta/files/x,404",
        "GET,/v1beta/models/m2:generateContent,405",
        "DELETE,/v1beta/models/m2,405",
        "POST,/v1beta/models,405",
        "GET,/v1beta/models/nothing,404",
        "GET,/v1beta/%2e%2e/x,404",
    })
    void aKeyInAnAddressIsNeverRepeated(String method, String path, int status) {
        Response answer = FOREIGN.request()
                .header("content-type", "application/json")
                .body("{}")
                .request(method, path + "?key=" + KEY);

        String reason = switch (status) {
            case 405 -> "method_not_allowed";
            default -> path.endsWith("models/nothing") ? "model_not_found" : "not_found";
        };
        error(answer, status, status == 405 ? "UNIMPLEMENTED" : "NOT_FOUND", reason);
        assertThat(answer.headers() + answer.asString()).doesNotContain(KEY);
        assertThat(FOREIGN.log()).doesNotContain(KEY);
    }

    @Test
    void aWrongMethodIsToldTheRightOne() {
        assertThat(get("/v1beta/models/m2:generateContent").header("allow")).isEqualTo("POST");
        assertThat(foreign("/v1beta/models/m2", "{}").header("allow")).isEqualTo("GET");
    }

    @Test
    void aBodyThatIsNoneIsRefusedInGeminisShape() {
        String path = "/v1beta/models/m2:generateContent";

        error(foreign(path, "{"), 400, "INVALID_ARGUMENT", "invalid_request");
        error(foreign(path, "{}"), 400, "INVALID_ARGUMENT", "invalid_request");
        error(foreign(path, "{\"contents\":[]}"), 400, "INVALID_ARGUMENT", "invalid_request");
        error(foreign(path, "{\"contents\":\"hi\"}"), 400, "INVALID_ARGUMENT", "invalid_request");
        error(foreign("/v1beta/models/m2:embedContent", HI), 400, "INVALID_ARGUMENT", "invalid_request");
        error(foreign("/v1beta/models/m2:batchEmbedContents", HI), 400, "INVALID_ARGUMENT", "invalid_request");
        error(foreign("/v1beta/models/m2:countTokens", "{}"), 400, "INVALID_ARGUMENT", "invalid_request");
        error(foreign("/v1beta/models/:generateContent", HI), 400, "INVALID_ARGUMENT", "invalid_request");
        error(foreign(path, HI.replace("hi", "x".repeat(65_536))), 413, "INVALID_ARGUMENT", "request_too_large");
        error(
                FOREIGN.request()
                        .header("x-goog-api-key", KEY)
                        .header("content-type", "text/plain")
                        .body(HI)
                        .post(path),
                415,
                "INVALID_ARGUMENT",
                "unsupported_media_type");
        error(
                post(FOREIGN, path, HI, "x-goog-api-key", KEY, "x-signalbox-timeout", "nonsense"),
                400,
                "INVALID_ARGUMENT",
                "invalid_request");
    }

    @Test
    void aModelThatIsNotThereIsRefusedInGeminisShape() {
        JsonNode error =
                error(foreign("/v1beta/models/nobody:generateContent", HI), 404, "NOT_FOUND", "model_not_found");

        assertThat(error.path("message").asText()).contains("nobody");
    }

    @Test
    void whenAllFailTheAttemptsAreTold() {
        Lane lane = OPENAI.next();
        lane.first().answers(OpenAiAnswers.error(500, "e", "no"));
        lane.second().answers(OpenAiAnswers.error(503, "e", "no"));

        JsonNode error = error(
                foreign("/v1beta/models/" + lane.model() + ":generateContent", HI),
                503,
                "UNAVAILABLE",
                "all_providers_exhausted");

        assertThat(error.path("attempts")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "team/one",
                "team%2Fone",
                "models/team/one",
                "a0/up-a",
                "models%2Fteam%2Fone",
            })
    void namesMayHoldSlashes(String name) {
        Lane lane = OPENAI.lane(WITH_SLASH);

        Response answer = foreign("/v1beta/models/" + name + ":generateContent", HI);

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(lane.first().received().getLast().json().path("model").asText())
                .isEqualTo("up-a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"llama3:8b:generateContent", "llama3%3A8b:generateContent", "llama3%3A8b%3AgenerateContent"})
    void namesMayHoldColons(String path) {
        assertThat(foreign("/v1beta/models/" + path, HI).statusCode()).isEqualTo(200);
    }

    @Test
    void modelsAreListedInPages() {
        List<String> names = new ArrayList<>();
        String token = "";
        for (int pages = 0; pages < 20; pages++) {
            JsonNode page = Shapes.json(get("/v1beta/models?pageSize=7" + token).asString());
            page.path("models").forEach(model -> names.add(model.path("name").asText()));
            if (!page.has("nextPageToken")) {
                break;
            }
            assertThat(page.path("models")).hasSize(7);
            token = "&pageToken=" + page.path("nextPageToken").asText();
        }

        assertThat(names).hasSize(32).doesNotHaveDuplicates();
        assertThat(names).contains("models/m0", "models/team/one", "models/llama3:8b");
        error(get("/v1beta/models?pageSize=x"), 400, "INVALID_ARGUMENT", "invalid_request");
        error(get("/v1beta/models?pageToken=-1"), 400, "INVALID_ARGUMENT", "invalid_request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"m3", "team/one", "team%2Fone", "llama3:8b", "a0/whatever"})
    void oneModelIsDescribed(String name) {
        JsonNode model = Shapes.json(get("/v1beta/models/" + name).asString());

        assertThat(model.path("name").asText()).isEqualTo("models/" + name.replace("%2F", "/"));
        assertThat(model.path("supportedGenerationMethods").path(0).asText()).isEqualTo("generateContent");
        if (name.equals("m3")) {
            assertThat(model.path("inputTokenLimit").asInt()).isEqualTo(8192);
            assertThat(model.path("outputTokenLimit").asInt()).isEqualTo(1024);
        }
    }

    @Test
    void theOtherListOfModelsIsStillThere() {
        JsonNode list = Shapes.json(FOREIGN.request()
                .header("authorization", "Bearer " + KEY)
                .get("/v1/models")
                .asString());

        assertThat(list.path("object").asText()).isEqualTo("list");
        assertThat(foreign("/v1/models/m2", "{}").statusCode()).isEqualTo(405);
    }

    @Test
    void theSameWireCarriesWhatNobodyKnows() {
        Lane lane = GEMINI.next();
        String body = """
                {"contents":[{"role":"user","parts":[{"text":"hi","newThing":{"a":1}}]}],"generationConfig":{"temperature":0.20,\
                "somethingNew":[1,2.50]},"tools":[{"googleSearch":{}}],"fromTomorrow":null}""";

        Response answer = post(SAME, "/v1beta/models/" + lane.model() + ":generateContent", body);

        assertThat(answer.asString()).isEqualTo(GeminiAnswers.plain("hello"));
        assertThat(lane.first().only().body()).isEqualTo(body);
    }

    @Test
    void theSameWireCarriesCountsAndVectors() {
        Lane lane = GEMINI.next();
        String model = "/v1beta/models/" + lane.model();

        assertThat(Shapes.json(post(SAME, model + ":countTokens", HI).asString())
                        .path("totalTokens")
                        .asInt())
                .isEqualTo(31);
        JsonNode one = Shapes.json(post(SAME, model + ":embedContent", """
                {"content":{"parts":[{"text":"hi"}]}}""").asString());
        JsonNode many =
                Shapes.json(post(SAME, model + ":batchEmbedContents", """
                {"requests":[{"model":"models/x","content":{"parts":[{"text":"a"}]}},\
                {"model":"models/x","content":{"parts":[{"text":"b"}]}}]}""").asString());

        assertThat(one.path("embedding").path("values")).hasSize(2);
        assertThat(many.path("embeddings")).hasSize(2);
        assertThat(lane.first().received())
                .extracting(FakeVendor.Received::path)
                .containsExactly(
                        "/v1beta/models/up-a:countTokens",
                        "/v1beta/models/up-a:embedContent",
                        "/v1beta/models/up-a:batchEmbedContents");
        assertThat(lane.first().received().getLast().json().path("requests").findValuesAsText("model"))
                .containsOnly("models/up-a");
    }

    @Test
    void theSameWireStreamsInBothForms() {
        Lane lane = GEMINI.next();
        String path = "/v1beta/models/" + lane.model() + ":streamGenerateContent";

        Response events = post(SAME, path + "?alt=sse", HI);
        Response array = post(SAME, path, HI);

        assertThat(events.contentType()).startsWith("text/event-stream");
        assertThat(array.contentType()).startsWith("application/json");
        assertThat(text(Shapes.json(array.asString()))).isEqualTo("hello");
        assertThat(lane.first().received())
                .allSatisfy(request ->
                        assertThat(request.path()).isEqualTo("/v1beta/models/up-a:streamGenerateContent?alt=sse"));
    }

    @Test
    void openModesRefusalsAreInGeminisShape() {
        Lane lane = GEMINI.next();

        error(
                post(SAME, "/v1beta/models/" + lane.model() + ":generateContent", HI, "origin", "https://evil.example"),
                403,
                "PERMISSION_DENIED",
                "forbidden");
        assertThat(lane.first().received()).isEmpty();
    }
}
