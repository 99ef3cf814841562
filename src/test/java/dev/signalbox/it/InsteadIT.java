package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Ensembles.Ensemble;
import dev.signalbox.it.FakeVendor.Answer;
import io.restassured.response.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is asked in a model's place when a vendor refuses what is asked, or what was answered is not good enough. */
@Timeout(60)
class InsteadIT {

    private static final Answer BUSY = OpenAiAnswers.error(503, "overloaded", "busy");
    private static final Answer TOO_LONG =
            OpenAiAnswers.error(400, "context_length_exceeded", "This model's maximum context length is 8000 tokens");
    private static final Answer FILTERED = OpenAiAnswers.error(400, "content_filter", "The response was filtered");

    private static final Ensembles ALL = new Ensembles();

    /** The second is also what is asked in the model's place, and has a larger window there. */
    private static final Ensemble SHARED = ALL.model("shared", 2)
            .model("context-window", "8000")
            .model("context-fallbacks[0]", "second")
            .model("content-fallbacks[0]", "second")
            .model("quality-fallbacks.when", "empty")
            .model("quality-fallbacks.models", "second");

    private static final Ensemble REFUSING = ALL.model("refusing", 1)
            .model("context-fallbacks[0]", "both")
            .model("content-fallbacks[0]", "both")
            .model("quality-fallbacks.when", "empty")
            .model("quality-fallbacks.models", "both");
    private static final Ensemble BOTH = ALL.model("both", 2);
    private static final Ensemble ALONE = ALL.model("alone", 1);
    private static final Ensemble GEMINI = gemini(ALL.model("gemini", 1)).model("content-fallbacks[0]", "instead");
    private static final Ensemble NO_OTHER = gemini(ALL.model("no-other", 1));
    private static final Ensemble CLAUDE = ALL.model("claude", 1)
            .provider('a', "kind", "anthropic")
            .model("max-output-tokens", "100")
            .model("content-fallbacks[0]", "instead");
    private static final Ensemble INSTEAD = ALL.model("instead", 1);
    private static final Ensemble COUNTED = ALL.model("counted", 2)
            .deployment('a', "model", "gpt-4o")
            .deployment('a', "context-window", "100")
            .deployment('b', "model", "gpt-4o-mini")
            .deployment('b', "context-window", "200")
            .model("context-fallbacks[0]", "instead");
    private static final Ensemble NAMED = ALL.model("named", 2).model("aliases[0]", "by-another-name");

    @RegisterExtension
    static final Gateway GATEWAY = ALL.configure(Gateway.bare())
            .and("signalbox.models.second.deployments[0].provider", "shared-b")
            .and("signalbox.models.second.deployments[0].model", "up-b")
            .and("signalbox.models.second.context-window", "100000")
            .and("signalbox.providers.claude-a.base-url", CLAUDE.vendor('a').root());

    private static Ensemble gemini(Ensemble ensemble) {
        return ensemble.provider('a', "kind", "gemini")
                .provider('a', "base-url", ensemble.vendor('a').root());
    }

    @AfterAll
    static void close() {
        ALL.close();
    }

    @Test
    void whoServesTheModelTooIsAskedInItsPlace() {
        for (Answer refusal : new Answer[] {TOO_LONG, FILTERED, OpenAiAnswers.text("")}) {
            SHARED.vendor('a').answers(refusal);
            assertThat(SHARED.ask(GATEWAY)).isEqualTo("b");
        }
        assertThat(SHARED.vendor('b').received()).hasSize(3);
    }

    @Test
    void whoIsAskedInItsPlaceMayHaveALargerWindowThere() {
        assertThat(SHARED.askWords(GATEWAY, "and so on ".repeat(10_000))).isEqualTo("b");

        JsonNode explained =
                Shapes.json(GATEWAY.post("/admin/v1/explain", Shapes.question("shared", "and so on ".repeat(10_000)))
                        .asString());
        assertThat(explained.path("candidates").findValuesAsText("provider")).containsExactly("shared-b");
        assertThat(explained.path("excluded").findValuesAsText("provider")).containsExactly("shared-a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"context", "content", "quality"})
    void allThatAreThereForThatAreAsked(String why) {
        Answer refusal = switch (why) {
            case "context" -> TOO_LONG;
            case "content" -> FILTERED;
            default -> OpenAiAnswers.text("");
        };
        REFUSING.vendor('a').answers(refusal);
        BOTH.vendor('a').answers(refusal);

        Response answer = GATEWAY.ask("refusing");

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo("both-b");
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("3");
    }

    @ParameterizedTest
    @CsvSource({
        "413, , Request too large for model x on tokens per minute, context_length_exceeded",
        "429, , 'Request too large for gpt-x in organization y on tokens per min: Limit 1, Requested 2', context_length_exceeded",
        "422, context_length_exceeded, it is too long, context_length_exceeded",
        "403, content_filter, no, content_filtered",
        "400, content_filter, no, content_filtered"
    })
    void whatTheGatewayHasAWordForIsABadRequest(int status, String code, String message, String told) {
        ALONE.vendor('a').answers(OpenAiAnswers.error(status, code == null ? "other" : code, message));

        Response answer = GATEWAY.ask("alone");

        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("code").asText()).isEqualTo(told);
        assertThat(error.path("message").asText()).isEqualTo(message);
        assertThat(error.path("attempts")).hasSize(1);
        assertThat(error.at("/attempts/0/status").asInt()).isEqualTo(status);
        ALONE.vendor('a').answers(OpenAiAnswers.hello());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anAnswerOfWhichAPolicyLeftNothingIsARefusal(boolean stream) {
        String blocked = """
                {"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":4,"totalTokenCount":4}}""";
        GEMINI.vendor('a').answers(blocked(blocked));
        NO_OTHER.vendor('a').answers(blocked(blocked));
        CLAUDE.vendor('a').answers((request, wire) -> {
            if (request.json().path("stream").asBoolean()) {
                wire.events()
                        .send(AnthropicAnswers.messageStart())
                        .send(AnthropicAnswers.messageDelta("refusal", 1))
                        .send(AnthropicAnswers.messageStop())
                        .end();
            } else {
                wire.answer(200, AnthropicAnswers.message("", "refusal"));
            }
        });

        for (String model : new String[] {"gemini", "claude"}) {
            Response answer = GATEWAY.chat(stream ? Shapes.streamed(model) : Shapes.question(model));
            assertThat(answer.header("x-signalbox-provider")).as(model).isEqualTo(INSTEAD.provider('a'));
            assertThat(answer.asString()).as(model).contains("hello");
            assertThat(GATEWAY.row(answer.header("x-signalbox-request-id"))
                            .at("/attempts/0/error")
                            .asText())
                    .isEqualTo("content_filtered");
        }
        Response told = GATEWAY.chat(stream ? Shapes.streamed("no-other") : Shapes.question("no-other"));
        assertThat(told.statusCode()).as("nobody is there for that").isEqualTo(200);
        assertThat(told.asString()).contains("content_filter");
    }

    private static Answer blocked(String answer) {
        return (request, wire) -> {
            if (GeminiAnswers.isStream(request)) {
                wire.events().send(GeminiAnswers.event(answer)).end();
            } else {
                wire.answer(200, answer);
            }
        };
    }

    @ParameterizedTest
    @CsvSource({"93, a", "94, b", "193, b", "194, instead-a"})
    void oneTokenTooManyIsTooMany(int words, String who) {
        // each word is a token, and the message around them is seven
        Response answer = GATEWAY.chat(Shapes.question(COUNTED.model(), ("the" + " the".repeat(words - 1))));

        assertThat(answer.header("x-signalbox-provider")).endsWith(who);
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("1");
    }

    @Test
    void aNamedProviderIsFollowedByNamedModelsAlone() {
        NAMED.vendor('a').answers(BUSY);

        Response answer = GATEWAY.ask("named", "x-signalbox-provider", "named-a", "x-signalbox-fallback", "instead");

        assertThat(answer.header("x-signalbox-provider")).isEqualTo(INSTEAD.provider('a'));
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("2");
        assertThat(NAMED.vendor('b').received()).isEmpty();
        NAMED.vendor('a').answers(OpenAiAnswers.hello());
    }

    @ParameterizedTest
    @CsvSource({"by-another-name, named", "named, named", "named-b/x/y, x/y", "alone-a/z, z"})
    void whoIsNotTheModelsOwnKnowsItByItsName(String asked, String upstream) {
        Response answer = GATEWAY.ask(asked, "x-signalbox-provider", "instead-a");

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-model")).isEqualTo(upstream);
    }
}
