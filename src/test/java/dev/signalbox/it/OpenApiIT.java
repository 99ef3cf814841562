package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Whoever generates a client finds what there is to call. */
@Timeout(60)
class OpenApiIT {

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.bare();

    private static Response get(String path, String accept) {
        return GATEWAY.request().header("accept", accept).get(path);
    }

    @ParameterizedTest
    @CsvSource({
        "/q/openapi, '*/*', yaml",
        "/q/openapi, application/yaml, yaml",
        "/q/openapi, 'application/yaml, application/json;q=0.9', yaml",
        "/q/openapi, 'text/html, */*', yaml",
        "/q/openapi, text/html, yaml",
        "/q/openapi, application/json, json",
        "/q/openapi, 'application/yaml;q=0.5, application/json;q=0.9', json",
        "/q/openapi, 'application/json, */*;q=0.1', json",
        "/q/openapi?format=json, '*/*', json",
        "/q/openapi?format=JSON, '*/*', json",
        "/q/openapi?format=yaml, application/json, yaml",
        "/q/openapi.json, '*/*', json",
        "/q/openapi.yaml, application/json, yaml",
        "/q/openapi.yml, '*/*', yaml"
    })
    void comesAsItIsWanted(String path, String accept, String form) {
        Response answer = get(path, accept);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo("application/" + form + ";charset=UTF-8");
        assertThat(answer.asString()).startsWith(form.equals("json") ? "{" : "---");
        assertThat(GATEWAY.request().header("accept", accept).head(path).header("content-length"))
                .isEqualTo(answer.header("content-length"));
    }

    private static List<String> operations(JsonNode document) {
        return document.findValuesAsText("operationId");
    }

    @Test
    void saysTheSameInBothForms() {
        JsonNode json = Shapes.json(get("/q/openapi", "application/json").asString());
        Object yaml = new Yaml(new SafeConstructor(new LoaderOptions()))
                .load(get("/q/openapi", "application/yaml").asString());

        JsonNode same = new ObjectMapper().valueToTree(yaml);
        assertThat(operations(same)).isEqualTo(operations(json)).hasSizeGreaterThan(40);
        assertThat(same.at("/components/schemas").properties().stream().map(Map.Entry::getKey))
                .containsExactlyElementsOf(json.at("/components/schemas").properties().stream()
                        .map(Map.Entry::getKey)
                        .toList());
    }

    /** By hand, and from annotations. */
    @Test
    void hasAllOperations() {
        JsonNode document = Shapes.json(get("/q/openapi", "application/json").asString());

        assertThat(document.path("openapi").asText()).startsWith("3.1");
        assertThat(document.at("/paths/~1v1~1chat~1completions/post/operationId")
                        .asText())
                .isEqualTo("createChatCompletion");
        assertThat(document.at("/paths/~1admin~1v1~1requests/get/operationId").asText())
                .isEqualTo("listRequests");
        assertThat(document.at("/paths/~1admin~1v1~1providers~1{name}/patch/operationId")
                        .asText())
                .isNotEmpty();
    }

    @Test
    void nothingElseIsThere() {
        assertThat(GATEWAY.post("/q/openapi", "{}").statusCode()).isEqualTo(404);
        assertThat(get("/q/openapi.xml", "*/*").statusCode()).isEqualTo(404);
    }
}
