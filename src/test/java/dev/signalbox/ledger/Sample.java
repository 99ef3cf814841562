package dev.signalbox.ledger;

import dev.signalbox.chat.Attempt;
import dev.signalbox.chat.Price;
import dev.signalbox.chat.Selection;
import dev.signalbox.chat.Selection.Considered;
import dev.signalbox.chat.Selection.Excluded;
import dev.signalbox.chat.Usage;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Entries and intents to write. */
public final class Sample {

    public static final Instant TIME = Instant.parse("2026-03-01T12:00:00.123456Z");
    public static final Price PRICE =
            new Price(new BigDecimal("2.50"), new BigDecimal("10.00"), new BigDecimal("1.25"), null);

    /** Two who could, of one of which nothing is known, and one who could not. */
    public static final Selection SELECTION = new Selection(
            "cost",
            List.of(
                    new Considered("openai/gpt-4o", "openai", "gpt-4o", 0.0000123, 12_300_000L, 812.3456, 0.9),
                    new Considered("local/meta/llama", "local", "meta/llama", null, null, null, null)),
            List.of(new Excluded("claude/sonnet", "claude", "sonnet", "resting: for 12 s")));

    private Sample() {}

    public static Entry entry(String id) {
        return entry(id, TIME, "gpt-4o", 200, new Usage(1000, 200, 0, 300, 20));
    }

    /** One of which it is kept who could have answered. */
    public static Entry selected(String id, Selection selection) {
        return entry(id, TIME, "gpt-4o", 200, new Usage(1000, 200, 0, 300, 20), PRICE, selection);
    }

    /** One of which no price is known. */
    public static Entry unpriced(String id, Instant time, String model) {
        return entry(id, time, model, 200, new Usage(1000, 200, 0, 300, 20), null, null);
    }

    public static Entry entry(String id, Instant time, String model, int status, Usage usage) {
        return entry(id, time, model, status, usage, PRICE, null);
    }

    private static Entry entry(
            String id,
            Instant time,
            String model,
            int status,
            Usage usage,
            @Nullable Price price,
            @Nullable Selection selection) {
        return new Entry(
                id,
                time,
                model,
                "openai",
                "openai/gpt-4o-2024-08-06",
                "key_1",
                "ci",
                "search",
                null,
                Map.of("env", "test"),
                "priority",
                true,
                "miss",
                status,
                status < 400 ? null : "all_providers_exhausted",
                false,
                usage,
                price == null ? null : price.of(usage),
                price,
                1234.5678,
                250.0,
                List.of(
                        new Attempt("openai", "gpt-4o-2024-08-06", 429, "rate_limited", 12),
                        new Attempt("openai", "gpt-4o-2024-08-06", 200, null, 1200)),
                selection);
    }

    /** A row as the journal has it. */
    public static byte[] json(Entry entry) {
        return RowJson.of(entry);
    }

    public static Intent intent(String id) {
        return new Intent(
                id,
                TIME,
                "gpt-4o",
                "openai",
                "openai/gpt-4o-2024-08-06",
                "key_1",
                "ci",
                "search",
                null,
                Map.of("env", "test"),
                "priority",
                true,
                1000,
                PRICE);
    }
}
