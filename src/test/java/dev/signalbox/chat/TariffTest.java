package dev.signalbox.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TariffTest {

    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

    /** Anthropic's Sonnet 4.5, as it was priced while its window had a million tokens. */
    private static final Price SHORT =
            new Price(amount("3"), amount("15"), amount("0.3"), amount("3.75"), amount("6"), null);

    private static final Price LONG =
            new Price(amount("6"), amount("22.5"), amount("0.6"), amount("7.5"), amount("12"), null);

    private static final Tariff SONNET =
            new Tariff(List.of(new Tariff.Period(null, null, SHORT, List.of(new Tariff.Step(200_000, LONG)))));

    @Test
    void aLongPromptCostsMoreForAllOfItsTokens() {
        Usage usage = new Usage(150_000, 50_000, 1, 1_000, 0);

        // 150,000 x 6 + 50,000 x 0.6 + 1 x 7.5 + 1,000 x 22.5 dollars per million
        assertThat(SONNET.at(NOON, usage.prompt()).of(usage)).hasToString("0.9525075");
    }

    @Test
    void theBoundItselfIsNotLong() {
        Usage usage = new Usage(150_000, 50_000, 0, 1_000, 0);

        // 150,000 x 3 + 50,000 x 0.3 + 1,000 x 15 dollars per million
        assertThat(SONNET.at(NOON, usage.prompt()).of(usage)).hasToString("0.48");
    }

    @Test
    void whatIsKeptForAnHourCostsMore() {
        Usage usage = new Usage(10, 0, 3_000, 100, 0, 1_000);

        // 10 x 3 + 2,000 x 3.75 + 1,000 x 6 + 100 x 15 dollars per million
        assertThat(SHORT.of(usage)).hasToString("0.01503");
        assertThatThrownBy(() -> new Usage(0, 0, 5, 0, 0, 6)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void thinkingMayHaveAPriceOfItsOwn() {
        Price price = new Price(amount("2"), amount("8"), null, null, null, amount("3"));

        // 100 x 2 + 10 x 8 + 40 x 3 dollars per million
        assertThat(price.of(new Usage(100, 0, 0, 10, 40))).hasToString("0.0004");
    }

    @Test
    void severalBoundsAreClimbedOneByOne() {
        Tariff tariff = new Tariff(List.of(new Tariff.Period(
                null, null, flat("1"), List.of(new Tariff.Step(100, flat("2")), new Tariff.Step(1_000, flat("3"))))));

        assertThat(tariff.at(NOON, 0)).isEqualTo(flat("1"));
        assertThat(tariff.at(NOON, 100)).isEqualTo(flat("1"));
        assertThat(tariff.at(NOON, 101)).isEqualTo(flat("2"));
        assertThat(tariff.at(NOON, 1_000)).isEqualTo(flat("2"));
        assertThat(tariff.at(NOON, 1_001)).isEqualTo(flat("3"));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-12T23:59:59Z, 1",
        "2026-03-13T00:00:00Z, 2",
        "2026-08-20T23:59:59Z, 2",
        "2026-08-21T00:00:00Z, 3",
        "2030-01-01T00:00:00Z, 3"
    })
    void aPriceHoldsFromItsDay(String time, String input) {
        Tariff tariff = new Tariff(List.of(
                new Tariff.Period(null, null, flat("1"), List.of()),
                new Tariff.Period(Instant.parse("2026-03-13T00:00:00Z"), null, flat("2"), List.of()),
                new Tariff.Period(Instant.parse("2026-08-21T00:00:00Z"), null, flat("3"), List.of())));

        assertThat(tariff.at(Instant.parse(time), 0)).isEqualTo(flat(input));
    }

    @ParameterizedTest
    @CsvSource({
        "00:30, 16:30, 2026-06-01T00:29:59Z, 1",
        "00:30, 16:30, 2026-06-01T00:30:00Z, 2",
        "00:30, 16:30, 2026-06-01T16:29:59Z, 2",
        "00:30, 16:30, 2026-06-01T16:30:00Z, 1",
        "16:30, 00:30, 2026-06-01T23:00:00Z, 2",
        "16:30, 00:30, 2026-06-01T00:29:59Z, 2",
        "16:30, 00:30, 2026-06-01T00:30:00Z, 1",
        "16:30, 00:30, 2026-06-01T16:29:59Z, 1"
    })
    void somePricesHoldAtSomeHours(String begin, String end, String time, String input) {
        var hours = new Tariff.Hours(LocalTime.parse(begin), LocalTime.parse(end));
        Tariff tariff = new Tariff(List.of(
                new Tariff.Period(null, null, flat("1"), List.of()),
                new Tariff.Period(null, hours, flat("2"), List.of())));

        assertThat(tariff.at(Instant.parse(time), 0)).isEqualTo(flat(input));
    }

    @Test
    void oneFlatPriceIsGivenAsItIs() {
        assertThat(Tariff.of(SHORT).at(NOON, 1_000_000)).isSameAs(SHORT);
        assertThatThrownBy(() -> new Tariff(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    private static Price flat(String amount) {
        return new Price(amount(amount), amount(amount), null, null);
    }

    private static BigDecimal amount(String text) {
        return new BigDecimal(text);
    }
}
