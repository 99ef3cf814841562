package dev.signalbox.store;

import dev.signalbox.chat.Usage;
import dev.signalbox.ledger.Entry;
import dev.signalbox.ledger.Sample;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Rows of all kinds within a few days, many of them where hours and days meet. */
final class RandomEntries {

    static final Instant BEGIN = Instant.parse("2026-02-27T00:00:00Z");
    static final Duration SPAN = Duration.ofDays(19);

    private final Random random;

    RandomEntries(long seed) {
        random = new Random(seed);
    }

    List<Entry> some(int count) {
        List<Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(one("r" + i));
        }
        return entries;
    }

    /** A time within the span, often just at the edge of an hour or a day. */
    Instant time() {
        Instant any = BEGIN.plus(random.nextLong(SPAN.toSeconds()), ChronoUnit.SECONDS)
                .plus(random.nextInt(1_000_000), ChronoUnit.MICROS);
        return switch (random.nextInt(6)) {
            case 0 -> any.truncatedTo(ChronoUnit.HOURS);
            case 1 -> any.truncatedTo(ChronoUnit.HOURS).minus(1, ChronoUnit.MICROS);
            case 2 -> any.truncatedTo(ChronoUnit.DAYS);
            default -> any;
        };
    }

    @Nullable String of(@Nullable String... values) {
        return values[random.nextInt(values.length)];
    }

    private Entry one(String id) {
        boolean isUnused = random.nextInt(5) == 0;
        Usage usage = isUnused
                ? Usage.NONE
                : new Usage(
                        random.nextLong(1L << 40),
                        random.nextInt(1000),
                        random.nextInt(1000),
                        random.nextInt(5000),
                        random.nextInt(5000));
        boolean isPriced = random.nextInt(4) > 0;
        double latency = random.nextInt(10) == 0 ? Double.NaN : Math.exp(random.nextDouble(-6, 14));
        String env = of("test", "live", "", null);
        return new Entry(
                id,
                time(),
                of("gpt-4o", "claude", "it's \"odd\"", null),
                of("openai", "Claude", null),
                of("openai/gpt-4o", "Claude/sonnet", null),
                of("key_1", "key_2", null),
                "ci",
                of("search", "Ünïcode", null),
                of("ann", "Ben", "ćyril", "", null),
                env == null ? Map.of() : Map.of("env", env, "other", "o" + random.nextInt(100)),
                "priority",
                random.nextBoolean(),
                "off",
                random.nextInt(3) == 0 ? 503 : 200,
                null,
                false,
                usage,
                isPriced ? Sample.PRICE.of(usage) : null,
                isPriced ? Sample.PRICE : null,
                latency,
                random.nextBoolean() ? latency / 2 : null,
                List.of(),
                null);
    }
}
