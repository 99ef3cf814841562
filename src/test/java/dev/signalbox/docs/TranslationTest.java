package dev.signalbox.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import dev.signalbox.dialect.anthropic.AnthropicDialect;
import dev.signalbox.dialect.bedrock.BedrockDialect;
import dev.signalbox.dialect.cohere.CohereDialect;
import dev.signalbox.dialect.gemini.GeminiDialect;
import dev.signalbox.dialect.ollama.OllamaDialect;
import dev.signalbox.dialect.openai.OpenAiDialect;
import dev.signalbox.dialect.responses.ResponsesDialect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What becomes of each thing a caller can say, for every language in and every language out: {@code docs/translation.md} is
 * written by this test, and nothing in it may be lost in silence. The things are in {@code translation/IN.json}: a request
 * that says one thing, where it stands, and the marks by which it is known again in what is sent.
 */
class TranslationTest {

    private static final Path PAGE = Path.of("docs/translation.md");
    private static final Path REQUESTS = Path.of("src/test/resources/translation");
    private static final String BEGIN = "<!-- generated from here on -->\n";

    private static final Map<String, Dialect> IN = new LinkedHashMap<>();
    private static final Map<String, Dialect> OUT = new LinkedHashMap<>();

    static {
        IN.put("openai", new OpenAiDialect());
        IN.put("responses", new ResponsesDialect());
        IN.put("anthropic", new AnthropicDialect());
        IN.put("gemini", new GeminiDialect());
        OUT.putAll(IN);
        OUT.put("bedrock", new BedrockDialect());
        OUT.put("cohere", new CohereDialect());
        OUT.put("ollama", new OllamaDialect());
    }

    /** A recent model that thinks and sees, for each language out. */
    private static final Map<String, String> MODELS = Map.of(
            "openai", "gpt-5.1",
            "responses", "gpt-5.1",
            "anthropic", "claude-sonnet-4-5",
            "gemini", "gemini-2.5-pro",
            "bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0",
            "cohere", "command-a-reasoning-08-2025",
            "ollama", "gpt-oss:20b");

    private enum Outcome {
        KEPT("kept"),
        MAPPED("mapped"),
        EMULATED("emulated"),
        DROPPED("dropped"),
        FETCHED("fetched"),
        REFUSED("refused"),
        LOST("LOST IN SILENCE");

        private final String word;

        Outcome(String word) {
            this.word = word;
        }
    }

    private record Feature(String name, String path, ObjectNode body, JsonNode described) {

        List<String> marks(String out) {
            JsonNode own = described.get("marks:" + out);
            JsonNode marks = own == null ? described.path("marks") : own;
            List<String> all = new ArrayList<>();
            marks.forEach(mark -> all.add(mark.asText()));
            return all;
        }
    }

    @Test
    void nothingIsLostInSilence() throws IOException {
        List<String> lost = new ArrayList<>();
        for (String in : IN.keySet()) {
            for (Feature feature : features(in)) {
                for (String out : OUT.keySet()) {
                    if (outcome(in, out, feature) == Outcome.LOST) {
                        lost.add(in + " to " + out + ": " + feature.name() + " (" + feature.path() + ") in "
                                + Json.text(encoded(in, out, feature).body()));
                    }
                }
            }
        }
        assertThat(String.join("\n", lost)).isEmpty();
    }

    @Test
    void theTestSeesALoss() {
        var feature = new Feature(
                "none",
                "nowhere",
                Json.object(),
                Json.object().set("marks", Json.object().putArray("x").add("no such mark")));
        assertThat(judge(new Encoded(Json.object(), List.of(), List.of()), feature, "openai"))
                .isEqualTo(Outcome.LOST);
    }

    @Test
    void thePageIsWhatTheLanguagesDo() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN);
        assertThat(begin).as("%s has the line %s", PAGE, BEGIN).isPositive();
        String wanted = page.substring(0, begin + BEGIN.length()) + matrix();
        if (Boolean.getBoolean("update-docs")) {
            Files.writeString(PAGE, wanted);
            return;
        }
        assertThat(page)
                .as("%s is not up to date: ./mvnw test -Dtest=TranslationTest -Dupdate-docs=true", PAGE)
                .isEqualTo(wanted);
    }

    private static String matrix() throws IOException {
        var page = new StringBuilder();
        for (String in : IN.keySet()) {
            page.append("\n## From ").append(in).append("\n\n| said | at |");
            OUT.keySet().forEach(out -> page.append(' ').append(out).append(" |"));
            page.append("\n|---|---|").append("---|".repeat(OUT.size())).append('\n');
            for (Feature feature : features(in)) {
                page.append("| ")
                        .append(feature.name())
                        .append(" | `")
                        .append(feature.path())
                        .append("` |");
                for (String out : OUT.keySet()) {
                    page.append(' ').append(outcome(in, out, feature).word).append(" |");
                }
                page.append('\n');
            }
        }
        return page.toString();
    }

    private static Outcome outcome(String in, String out, Feature feature) {
        return in.equals(out) ? Outcome.KEPT : judge(encoded(in, out, feature), feature, out);
    }

    private static Outcome judge(Encoded encoded, Feature feature, String out) {
        for (Unsaid unsaid : encoded.unsaid()) {
            if (unsaid.hint() && below(unsaid.path(), feature.path())) {
                continue; // a part that changes nothing, such as a file's name
            }
            if (concerns(unsaid.path(), feature.path())) {
                return unsaid.url() != null ? Outcome.FETCHED : unsaid.hint() ? Outcome.DROPPED : Outcome.REFUSED;
            }
        }
        String body = Json.text(encoded.body());
        for (String mark : feature.marks(out)) {
            if (!body.contains(mark)) {
                return Outcome.LOST;
            }
        }
        return encoded.emulated().stream().anyMatch(path -> concerns(path, feature.path()))
                ? Outcome.EMULATED
                : Outcome.MAPPED;
    }

    /** Whether one path is the other, or stands above or below it. */
    private static boolean concerns(String told, String path) {
        return told.equals(path) || below(told, path) || below(path, told);
    }

    private static boolean below(String path, String above) {
        return path.length() > above.length()
                && path.startsWith(above)
                && (path.charAt(above.length()) == '.' || path.charAt(above.length()) == '[');
    }

    private static Encoded encoded(String in, String out, Feature feature) {
        var target = Dialect.Target.of(MODELS.get(out), false, 64_000);
        try {
            return OUT.get(out).encode(IN.get(in).decode(Body.parse(Json.bytes(feature.body()))), target);
        } catch (InvalidRequest refused) {
            return new Encoded(
                    Json.object(),
                    List.of(new Unsaid(feature.path(), String.valueOf(refused.getMessage()), true)),
                    List.of());
        }
    }

    private static List<Feature> features(String in) throws IOException {
        JsonNode file = Json.read(Files.readString(REQUESTS.resolve(in + ".json")));
        List<Feature> features = new ArrayList<>();
        file.path("features").properties().forEach(entry -> {
            ObjectNode body = (ObjectNode) file.path("base").deepCopy();
            body.setAll((ObjectNode) entry.getValue().path("set"));
            features.add(
                    new Feature(entry.getKey(), entry.getValue().path("path").asText(), body, entry.getValue()));
        });
        return features;
    }
}
