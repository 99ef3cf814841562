package dev.signalbox.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.Caller;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Controls;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Price;
import dev.signalbox.chat.QuietReply;
import dev.signalbox.chat.Receipt;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.chat.Tariff;
import dev.signalbox.chat.Trail.Served;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.openai.OpenAiDialect;
import dev.signalbox.telemetry.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What answers cost that more than one upstream has to be paid for, computed by hand. */
class MeteringTest {

    /** 2 dollars a million prompt tokens, 8 a million of the answer; the other one asks for 3 and 15. */
    private static final Served FIRST = served("a", "2", "8");

    private static final Served SECOND = served("b", "3", "15");

    private final List<Entry> rows = new ArrayList<>();
    private final Told told = new Told();
    private final Exchange exchange = exchange();
    private final Metering metering = new Metering(
            exchange,
            told,
            new Ledger() {
                @Override
                public void intend(Intent intent) {}

                @Override
                public void settle(Entry entry) {
                    rows.add(entry);
                }

                @Override
                public boolean isWritable() {
                    return true;
                }
            },
            new Meters(new SimpleMeterRegistry()));

    private static final class Told extends QuietReply {
        private final List<ChatEvent> events = new ArrayList<>();
        private Receipt receipt;

        Usage usage() {
            return events.stream()
                    .filter(ChatEvent.Used.class::isInstance)
                    .map(event -> ((ChatEvent.Used) event).usage())
                    .reduce((_, last) -> last)
                    .orElseThrow();
        }

        @Override
        public void event(ChatEvent event) {
            events.add(event);
        }

        @Override
        public void complete(Receipt of) {
            receipt = of;
        }

        @Override
        public void fail(SignalboxException failure, Receipt of) {
            receipt = of;
        }
    }

    private static Served served(String provider, String input, String output) {
        var price = new Price(new BigDecimal(input), new BigDecimal(output), null, null);
        return new Served(provider, "up", Tariff.of(price));
    }

    /** A prompt of 40 letters and no other, which is estimated at 10 tokens and 4 for the message. */
    private static Exchange exchange() {
        Body body = Body.parse("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                .formatted("x".repeat(40))
                .getBytes(UTF_8));
        var arrival = new Exchange.Arrival("req_1", Instant.EPOCH, 1, Caller.ANYONE, Controls.NONE, Map.of());
        return new Exchange(
                arrival, "openai", Operation.CHAT, "m", true, true, body, () -> new OpenAiDialect().decode(body), null);
    }

    private Entry row() {
        assertThat(rows).hasSize(1);
        return rows.getFirst();
    }

    private void broken() {
        exchange.trail().dispatched(FIRST, 1);
        metering.begin();
        metering.event(new ChatEvent.Started("id", "up"));
        metering.event(new ChatEvent.Text("x".repeat(20)));
        assertThat(metering.resume(List.of())).isTrue();
        exchange.trail().dispatched(SECOND, 2);
    }

    @Test
    void whoAsksForUsageIsToldWhatWasCountedHereWhenTheVendorSaysNothing() {
        exchange.trail().dispatched(FIRST, 1);
        metering.begin();
        metering.event(new ChatEvent.Text("x".repeat(20)));
        metering.event(new ChatEvent.Finished(FinishReason.STOP, null));
        metering.complete();

        assertThat(told.usage()).isEqualTo(new Usage(14, 0, 0, 5, 0)).isEqualTo(row().usage());
        assertThat(row().estimated()).isTrue();
    }

    @Test
    void bothLegsArePaidAtTheirOwnPriceAndToldAsOne() {
        broken();
        metering.event(new ChatEvent.Text("y".repeat(8)));
        metering.event(new ChatEvent.Finished(FinishReason.STOP, null));
        metering.event(new ChatEvent.Used(new Usage(30, 0, 0, 2, 0)));
        metering.complete();

        // 14 prompt tokens and 20 / 4 of the answer at the first, 30 and 2 at the second
        assertThat(row().usage()).isEqualTo(new Usage(44, 0, 0, 7, 0));
        assertThat(row().cost().picos()).isEqualTo((14 * 2 + 5 * 8 + 30 * 3 + 2 * 15) * 1_000_000L);
        assertThat(row().estimated()).isTrue();
        assertThat(row().status()).isEqualTo(200);
        assertThat(row().provider()).isEqualTo("b");
        assertThat(told.usage()).isEqualTo(row().usage());
        assertThat(told.receipt.usage()).isEqualTo(row().usage());
        assertThat(told.receipt.cost()).isEqualTo(row().cost());
        assertThat(told.receipt.estimated()).isTrue();
    }

    @Test
    void whatTheVendorCountedBeforeTheBreakHolds() {
        exchange.trail().dispatched(FIRST, 1);
        metering.begin();
        metering.event(new ChatEvent.Used(new Usage(100, 50, 0, 1, 0)));
        metering.event(new ChatEvent.Text("x".repeat(40)));
        metering.resume(List.of());
        exchange.trail().dispatched(SECOND, 2);
        metering.event(new ChatEvent.Text("y"));
        metering.event(new ChatEvent.Used(new Usage(7, 0, 0, 3, 2)));
        metering.complete();

        assertThat(row().usage()).isEqualTo(new Usage(107, 50, 0, 13, 2));
        assertThat(row().cost().picos()).isEqualTo((150 * 2 + 10 * 8 + 7 * 3 + 5 * 15) * 1_000_000L);
    }

    @Test
    void aRaceThatWasLostIsPaidButNotTold() {
        exchange.trail().spent(FIRST, null);
        exchange.trail().spent(FIRST, new Usage(4, 0, 0, 1, 0));
        exchange.trail().dispatched(SECOND, 2);
        metering.begin();
        metering.event(new ChatEvent.Text("y"));
        metering.event(new ChatEvent.Used(new Usage(30, 0, 0, 2, 0)));
        metering.complete();

        assertThat(told.usage()).isEqualTo(new Usage(30, 0, 0, 2, 0));
        assertThat(row().usage()).isEqualTo(new Usage(48, 0, 0, 3, 0));
        assertThat(row().cost().picos()).isEqualTo((18 * 2 + 8 + 30 * 3 + 2 * 15) * 1_000_000L);
        assertThat(row().estimated()).isTrue();
    }

    @Test
    void whenNobodyGoesOnOnlyWhatWasSaidIsPaid() {
        broken();
        metering.fail(new SignalboxException(502, "stream_broken", "it broke", null));

        assertThat(row().usage()).isEqualTo(new Usage(14, 0, 0, 5, 0));
        assertThat(row().cost().picos()).isEqualTo((14 * 2 + 5 * 8) * 1_000_000L);
        assertThat(row().status()).isEqualTo(502);
    }

    @Test
    void aSecondLegWithoutACountIsEstimatedAndTold() {
        broken();
        metering.event(new ChatEvent.Text("y".repeat(8)));
        metering.complete();

        assertThat(row().usage()).isEqualTo(new Usage(28, 0, 0, 7, 0));
        assertThat(told.usage()).isEqualTo(row().usage());
    }

    @Test
    void anUnknownPriceOfOneLegMakesTheSumUnknown() {
        exchange.trail().brokeOff(new Served("c", "up", null), new Usage(1, 0, 0, 1, 0));
        exchange.trail().dispatched(SECOND, 2);
        metering.begin();
        metering.event(new ChatEvent.Used(new Usage(30, 0, 0, 2, 0)));
        metering.complete();

        assertThat(row().cost()).isNull();
        assertThat(row().usage()).isEqualTo(new Usage(31, 0, 0, 3, 0));
    }
}
