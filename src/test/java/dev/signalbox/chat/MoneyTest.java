package dev.signalbox.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class MoneyTest {

    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

    @Test
    void aPriceIsPerMillionTokens() {
        Price price = new Price(decimal("2.50"), decimal("10"), decimal("1.25"), null);
        assertThat(price.of(new Usage(1_000_000, 0, 0, 0, 0))).hasToString("2.5");
        assertThat(price.of(new Usage(0, 0, 0, 100, 25))).hasToString("0.00125");
        assertThat(price.of(Usage.NONE)).hasToString("0");
    }

    @Test
    void aSmallAmountIsNeverWrittenScientifically() {
        assertThat(new Cost(1)).hasToString("0.000000000001");
        assertThat(new Cost(100_000_000_000_000L)).hasToString("100");
    }

    @Test
    void aPriceBelowZeroOrFinerThanACostCanSayIsNoPrice() {
        assertThatThrownBy(() -> new Price(decimal("-1"), BigDecimal.ONE, null, null))
                .hasMessage("input is below zero");
        assertThatThrownBy(() -> new Price(BigDecimal.ONE, decimal("0.0000001"), null, null))
                .hasMessage("output has more than 6 decimals");
    }

    @Test
    void aCountBelowZeroIsNoUsage() {
        assertThatThrownBy(() -> new Usage(0, 0, 0, -1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void theCostIsExactlyTheSumOfTokensTimesPrices(@ForAll("prices") Price price, @ForAll("usages") Usage usage) {
        BigDecimal cached = price.cachedInput() == null ? price.input() : price.cachedInput();
        BigDecimal written = price.cacheWrite() == null ? price.input() : price.cacheWrite();
        BigDecimal expected = price.input()
                .multiply(BigDecimal.valueOf(usage.input()))
                .add(cached.multiply(BigDecimal.valueOf(usage.cacheRead())))
                .add(written.multiply(BigDecimal.valueOf(usage.cacheWrite())))
                .add(price.output().multiply(BigDecimal.valueOf(usage.completion())));
        assertThat(price.of(usage).usd().multiply(MILLION)).isEqualByComparingTo(expected);
    }

    @Property
    void whatACostSaysIsWhatItIs(@ForAll @LongRange(min = 0) long picos) {
        Cost cost = new Cost(picos);
        assertThat(new BigDecimal(cost.toString()).movePointRight(12).longValueExact())
                .isEqualTo(picos);
        assertThat(cost.toString()).doesNotContain("E");
    }

    @Property
    void costsAddUp(@ForAll("prices") Price price, @ForAll("usages") Usage one, @ForAll("usages") Usage other) {
        Usage both = new Usage(
                one.input() + other.input(),
                one.cacheRead() + other.cacheRead(),
                one.cacheWrite() + other.cacheWrite(),
                one.output() + other.output(),
                one.reasoning() + other.reasoning());
        assertThat(price.of(both).picos())
                .isEqualTo(price.of(one).picos() + price.of(other).picos());
    }

    @Property
    void inclusiveCountsFallIntoBucketsThatSumToThem(
            @ForAll @LongRange(max = 1_000_000) long prompt,
            @ForAll @LongRange(max = 1_000_000) long read,
            @ForAll @LongRange(max = 1_000_000) long written,
            @ForAll @LongRange(max = 1_000_000) long completion,
            @ForAll @LongRange(max = 1_000_000) long reasoning) {
        Usage usage = Usage.inclusive(prompt, read, written, completion, reasoning);
        assertThat(usage.prompt()).isEqualTo(prompt);
        assertThat(usage.completion()).isEqualTo(completion);
    }

    @Provide
    Arbitrary<Price> prices() {
        Arbitrary<BigDecimal> amounts = Arbitraries.bigDecimals()
                .between(BigDecimal.ZERO, BigDecimal.valueOf(600))
                .ofScale(6);
        return Combinators.combine(amounts, amounts, amounts.injectNull(0.3), amounts.injectNull(0.3))
                .as(Price::new);
    }

    @Provide
    Arbitrary<Usage> usages() {
        Arbitrary<Long> counts = Arbitraries.longs().between(0, 10_000_000);
        return Combinators.combine(counts, counts, counts, counts, counts).as(Usage::new);
    }

    private static BigDecimal decimal(String text) {
        return new BigDecimal(text);
    }
}
