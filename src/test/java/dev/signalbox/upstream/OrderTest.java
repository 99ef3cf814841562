package dev.signalbox.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrderTest {

    private static final Instant TIME = Instant.parse("2026-03-01T12:00:00.123456Z");
    private static final Fault FAULT = new Fault(Breakdown.RATE_LIMITED, 0.3, Duration.ofMillis(250), TIME);

    @Test
    void theyAreReadAsTheyWereWritten() {
        for (Order order : List.of(new Order.Drain("a b", TIME), new Order.Drill("p", FAULT))) {
            assertThat(Order.read(order.id(), order.details())).isEqualTo(order);
            assertThat(Order.read(order.kind(), order.provider(), order.details()))
                    .isEqualTo(order);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "revision | 7",
                "FIRE p   | {}",
                "DRAIN p  | {",
                "DRAIN p  | {}",
                "DRILL p  | {\"failure\": \"9\", \"rate\": 1, \"until\": \"2026-03-01T12:00:00Z\"}",
                "DRILL p  | {\"failure\": \"500\", \"rate\": 3, \"until\": \"2026-03-01T12:00:00Z\"}"
            })
    void whatIsNoOrderIsRefused(String id, String details) {
        assertThatThrownBy(() -> Order.read(id, details)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void thereIsOneOfEachKind() {
        Orders orders = Orders.of(List.of(new Order.Drain("p", TIME), new Order.Drill("p", FAULT)))
                .with(new Order.Drain("p", TIME.plusSeconds(1)));

        assertThat(orders.all()).hasSize(2);
        assertThat(orders.drainedSince("p")).isEqualTo(TIME.plusSeconds(1));
        assertThat(orders.fault("p")).isEqualTo(FAULT);
        assertThat(orders.drainedSince("q")).isNull();
        Orders left = orders.without(Order.Kind.DRAIN, "p");
        assertThat(left.drainedSince("p")).isNull();
        assertThat(left.fault("p")).isEqualTo(FAULT);
    }
}
