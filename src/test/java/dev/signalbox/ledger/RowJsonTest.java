package dev.signalbox.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Attempt;
import dev.signalbox.chat.Cost;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Selection;
import dev.signalbox.chat.Selection.Considered;
import dev.signalbox.chat.Selection.Excluded;
import dev.signalbox.chat.Usage;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowJsonTest {

    @Test
    void isTheRowOfTheAdminApi() throws IOException {
        JsonNode row = Json.read(RowJson.of(Sample.entry("req_1")));

        assertThat(row).isEqualTo(Json.read("""
                {"id": "req_1", "time": "2026-03-01T12:00:00.123456Z", "model": "gpt-4o", "provider": "openai",
                 "deployment": "openai/gpt-4o-2024-08-06", "key_id": "key_1", "key_name": "ci", "team": "search", "user": null,
                 "tags": {"env": "test"}, "strategy": "priority", "stream": true, "cache": "miss", "status": 200, "error": null,
                 "estimated": false, "input_tokens": 1000, "output_tokens": 300, "cached_tokens": 200, "cache_write_tokens": 0,
                 "reasoning_tokens": 20, "cost_usd": 0.00595, "latency_ms": 1234.568, "first_token_ms": 250,
                 "price": {"input": 2.50, "output": 10.00, "cached_input": 1.25, "cache_write": null},
                 "attempts": [
                   {"provider": "openai", "model": "gpt-4o-2024-08-06", "status": 429, "error": "rate_limited", "duration_ms": 12},
                   {"provider": "openai", "model": "gpt-4o-2024-08-06", "status": 200, "error": null, "duration_ms": 1200}]}
                """));
    }

    @Test
    void anIntentIsTheRowThatStandsWhenNothingFollows() throws IOException {
        JsonNode row = Json.read(RowJson.of(Sample.intent("req_2")));

        assertThat(row.path("status").asInt()).isEqualTo(500);
        assertThat(row.path("error").asText()).isEqualTo("aborted");
        assertThat(row.path("estimated").asBoolean()).isTrue();
        assertThat(row.path("input_tokens").asLong()).isEqualTo(1000);
        assertThat(row.path("cost_usd").decimalValue()).isEqualByComparingTo("0.0025");
        assertThat(row.path("latency_ms").isNull()).isTrue();
        assertThat(row.path("attempts").path(0).path("model").asText()).isEqualTo("gpt-4o-2024-08-06");
    }

    @Test
    void whatADatabaseCannotKeepAsTextIsReplaced() throws IOException {
        Entry entry = with("a\0b\uD800c", "\uD83D\uDE00", Map.of("x\0", "y\uDC00"), List.of());

        JsonNode row = Json.read(RowJson.of(entry));

        assertThat(row.path("model").asText()).isEqualTo("a\uFFFDb\uFFFDc");
        assertThat(row.path("user").asText()).isEqualTo("\uD83D\uDE00");
        assertThat(row.path("tags").path("x\uFFFD").asText()).isEqualTo("y\uFFFD");
    }

    @Property(tries = 300)
    void isAlwaysShortEnoughForTheJournal(@ForAll String model, @ForAll String user, @ForAll String tag)
            throws IOException {
        String long1 = model.repeat(1 + 5000 / (1 + model.length()));
        Entry entry = with(
                long1,
                user.repeat(100),
                Map.of("t" + tag, long1),
                Collections.nCopies(500, new Attempt(long1, user, null, "overloaded", 1)));

        assertThat(RowJson.of(entry).length).isLessThan(Frame.LONGEST * 4);
        byte[] brief = RowJson.brief(entry);
        assertThat(Frame.of(Frame.ROW, brief).length).isLessThanOrEqualTo(Segments.RESERVE);
        assertThat(Row.id(brief)).isEqualTo("req_3");
        assertThat(Json.read(brief).path("cost_usd").isNull()).isTrue();
    }

    /** A control character is six bytes in JSON, one beyond the basic plane twelve. */
    @ParameterizedTest
    @ValueSource(strings = {"\u0001", "\n", "\"", "\\", "\u007F", "\u6F22", "\uD83D\uDE00"})
    void isShortWhateverItsCharacters(String character) throws IOException {
        Entry entry = with(character.repeat(500), character.repeat(500), Map.of(), List.of());

        byte[] brief = RowJson.brief(entry);

        assertThat(Frame.of(Frame.ROW, brief).length).isLessThanOrEqualTo(Segments.RESERVE);
        assertThat(Json.read(brief).path("model").asText()).hasSizeGreaterThan(20);
    }

    @Property
    void decimalsArePlainAndExact(@ForAll long value, @ForAll @IntRange(max = 12) int scale) {
        assertThat(new BigDecimal(RowJson.decimal(value, scale)))
                .isEqualByComparingTo(BigDecimal.valueOf(value, scale));
        assertThat(RowJson.decimal(value, scale)).matches("-?\\d+(\\.\\d*[1-9])?");
    }

    @Property
    void keepsMoneyExactly(@ForAll @LongRange(min = 0) long picos) throws IOException {
        Entry entry = Sample.entry("req_4");
        Cost cost = new Cost(picos);
        Entry costly = new Entry(
                entry.id(),
                entry.time(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                Map.of(),
                "",
                false,
                "off",
                200,
                null,
                false,
                Usage.NONE,
                cost,
                null,
                1,
                null,
                List.of(),
                null);

        ObjectNode row = (ObjectNode) Json.read(RowJson.of(costly));

        assertThat(row.path("cost_usd").decimalValue()).isEqualByComparingTo(cost.usd());
        assertThat(Json.text(row)).doesNotContain("E-").doesNotContain("E+");
    }

    private static Entry with(String model, String user, Map<String, String> tags, List<Attempt> attempts) {
        return new Entry(
                "req_3",
                Sample.TIME,
                model,
                model,
                model,
                model,
                model,
                model,
                user,
                tags,
                model,
                false,
                model,
                500,
                model,
                true,
                Usage.NONE,
                null,
                Sample.PRICE,
                1,
                null,
                attempts,
                new Selection(
                        model,
                        Collections.nCopies(500, new Considered(model, model, model, 1e-7 / 3, 1L, 1e7, 0.1)),
                        Collections.nCopies(500, new Excluded(model, model, user, model))));
    }
}
