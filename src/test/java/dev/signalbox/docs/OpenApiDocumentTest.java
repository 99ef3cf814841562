package dev.signalbox.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The OpenAPI document that is kept by hand holds together. */
class OpenApiDocumentTest {

    private static final Path FILE = Path.of("src/main/resources/META-INF/openapi.yaml");
    private static final Set<String> METHODS =
            Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

    private static final Pattern PARAMETER = Pattern.compile("\\{[^}]+\\}");

    private final JsonNode document;

    OpenApiDocumentTest() throws IOException {
        var yaml = new YAMLFactory().enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS);
        document = new ObjectMapper(yaml).readTree(FILE.toFile());
    }

    @Test
    void everyOperationHasAnIdOfItsOwn() {
        assertThat(operations()).isNotEmpty();
        assertThat(operations().map(operation -> operation.path("operationId").asText()))
                .doesNotContain("")
                .doesNotHaveDuplicates();
    }

    @Test
    void everyTagIsDescribed() {
        List<String> described = document.path("tags").findValuesAsText("name");
        operations()
                .forEach(operation -> operation
                        .path("tags")
                        .forEach(tag -> assertThat(described).contains(tag.asText())));
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        assertThat(references())
                .isNotEmpty()
                .allSatisfy(reference -> assertThat(
                                document.at(reference.substring(1)).isMissingNode())
                        .as(reference)
                        .isFalse());
    }

    @Test
    void everyComponentIsUsed() {
        Set<String> components = new TreeSet<>();
        document.path("components").properties().stream()
                .filter(kind -> !kind.getKey().equals("securitySchemes"))
                .forEach(kind -> kind.getValue()
                        .fieldNames()
                        .forEachRemaining(name -> components.add("#/components/" + kind.getKey() + '/' + name)));
        components.removeAll(references());
        components.remove("#/components/schemas/StreamFacts"); // lies in a comment, where no reference can be
        assertThat(components).isEmpty();
    }

    @Test
    void everyParameterOfAPathIsDescribed() {
        document.path("paths").properties().forEach(path -> {
            List<String> described = path.getValue().findValues("parameters").stream()
                    .flatMap(JsonNode::valueStream)
                    .filter(parameter -> parameter.path("in").asText().equals("path"))
                    .map(parameter -> '{' + parameter.path("name").asText() + '}')
                    .toList();
            List<String> named = PARAMETER
                    .matcher(path.getKey())
                    .results()
                    .map(MatchResult::group)
                    .toList();
            assertThat(Set.copyOf(described)).isEqualTo(Set.copyOf(named));
        });
    }

    private Stream<JsonNode> operations() {
        return document.path("paths")
                .valueStream()
                .flatMap(path -> path.properties().stream())
                .filter(operation -> METHODS.contains(operation.getKey()))
                .map(java.util.Map.Entry::getValue);
    }

    private List<String> references() {
        List<String> references = new ArrayList<>();
        collect(document, references);
        return references;
    }

    private static void collect(JsonNode node, List<String> references) {
        if (node.path("$ref").isTextual()) {
            references.add(node.path("$ref").asText());
        }
        node.forEach(child -> collect(child, references));
    }
}
