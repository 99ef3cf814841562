package dev.signalbox.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Selection;
import dev.signalbox.chat.Selection.Considered;
import dev.signalbox.chat.Selection.Excluded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SelectionJsonTest {

    @Test
    void explainHasEveryKeyAndNullForWhatIsNotKnown() throws IOException {
        assertThat(Json.text(SelectionJson.of(Sample.SELECTION)))
                .isEqualTo("{\"strategy\":\"cost\",\"candidates\":["
                        + "{\"deployment\":\"openai/gpt-4o\",\"provider\":\"openai\",\"model\":\"gpt-4o\","
                        + "\"score\":0.0000123,\"predicted_cost_usd\":0.0000123,\"predicted_latency_ms\":812.346,"
                        + "\"predicted_quality\":0.9},"
                        + "{\"deployment\":\"local/meta/llama\",\"provider\":\"local\",\"model\":\"meta/llama\","
                        + "\"score\":null,\"predicted_cost_usd\":null,\"predicted_latency_ms\":null,"
                        + "\"predicted_quality\":null}],"
                        + "\"excluded\":[{\"deployment\":\"claude/sonnet\",\"provider\":\"claude\",\"model\":\"sonnet\","
                        + "\"reason\":\"resting: for 12 s\"}]}");
    }

    @Test
    void aRowKeepsNoMoreThanItMust() throws IOException {
        JsonNode row = Json.read(RowJson.of(Sample.selected("req_1", Sample.SELECTION)));

        assertThat(row.path("candidates").path(1))
                .isEqualTo(Json.read("{\"provider\":\"local\",\"model\":\"meta/llama\"}"));
        assertThat(Json.read(RowJson.of(Sample.selected(
                                "req_1", only(Sample.SELECTION.candidates().getLast()))))
                        .has("excluded"))
                .isFalse();
    }

    @Test
    void aPlainRequestCostsAFewBytes() {
        int without = RowJson.of(Sample.entry("req_1")).length;
        int with = RowJson.of(Sample.selected("req_1", only(considered("openai", "gpt-4o", null)))).length;

        assertThat(with - without).isLessThanOrEqualTo(64);
    }

    @Test
    void aBriefRowKeepsNone() throws IOException {
        JsonNode row = Json.read(RowJson.brief(Sample.selected("req_1", Sample.SELECTION)));

        assertThat(row.has("candidates") || row.has("excluded")).isFalse();
    }

    @Test
    void aRowKeepsTheFirstOfMany() throws IOException {
        List<Considered> many = new ArrayList<>();
        List<Excluded> none = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            many.add(considered("p" + i, "m".repeat(5000), (double) i));
            none.add(new Excluded("q" + i + "/m", "q" + i, "m", "\0".repeat(5000)));
        }
        byte[] json = RowJson.of(Sample.selected("req_1", new Selection("random", many, none)));
        JsonNode row = Json.read(json);

        assertThat(json.length).isLessThan(Segments.RESERVE * 16);
        assertThat(row.path("candidates")).hasSize(SelectionJson.MOST);
        assertThat(row.path("candidates").path(19).path("provider").asText()).isEqualTo("p19");
        assertThat(row.path("excluded")).hasSize(SelectionJson.MOST);
        assertThat(row.path("excluded").path(0).path("reason").asText()).doesNotContain("\0");
    }

    @Property
    void aRowReadsAsExplainSaid(
            @ForAll @AlphaChars @StringLength(min = 1, max = 60) String provider,
            @ForAll @StringLength(max = 60) String model,
            @ForAll double score,
            @ForAll @LongRange(min = 0) long cost,
            @ForAll double latency)
            throws IOException {
        String name = RowJson.text(model, 160);
        var one = new Considered(provider + "/" + name, provider, name, score, cost, latency, null);
        var other = new Excluded(provider + "/" + name, provider, name, name);
        Selection selection = new Selection("priority", List.of(one), List.of(other));

        ObjectNode row = (ObjectNode) Json.read(RowJson.of(Sample.selected("req_1", selection)));
        SelectionJson.expand(row);
        ObjectNode explained = (ObjectNode) Json.read(Json.bytes(SelectionJson.of(selection)));

        assertThat(Json.text(row.get("candidates"))).isEqualTo(Json.text(explained.get("candidates")));
        assertThat(Json.text(row.get("excluded"))).isEqualTo(Json.text(explained.get("excluded")));
        assertThat(explained
                        .path("candidates")
                        .path(0)
                        .path("predicted_cost_usd")
                        .decimalValue()
                        .movePointRight(12))
                .isEqualByComparingTo(String.valueOf(cost));
    }

    @Test
    void rowsOfEarlierVersionsHaveNone() throws IOException {
        ObjectNode row = (ObjectNode) Json.read("{\"id\":\"req_1\",\"attempts\":[]}");

        SelectionJson.expand(row);

        assertThat(Json.text(row)).isEqualTo("{\"id\":\"req_1\",\"attempts\":[],\"candidates\":[],\"excluded\":[]}");
    }

    private static Selection only(Considered one) {
        return new Selection("priority", List.of(one), List.of());
    }

    private static Considered considered(String provider, String model, @Nullable Double score) {
        return new Considered(provider + "/" + model, provider, model, score, null, null, null);
    }
}
