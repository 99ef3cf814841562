package dev.signalbox.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smallrye.mutiny.Uni;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ledger as operators read it; rows have the names and units of the admin API. */
public interface RequestLog {

    /**
     * Which rows.
     *
     * @param model the public name
     * @param key the id of the virtual key
     * @param from inclusive
     * @param to exclusive
     */
    record Filter(
            @Nullable String model,
            @Nullable String provider,
            @Nullable String key,
            @Nullable Integer status,
            @Nullable Instant from,
            @Nullable Instant to) {}

    /**
     * One page: requests newest first, sums by group.
     *
     * @param nextCursor where the next page begins; null on the last one
     */
    record Page(List<ObjectNode> rows, @Nullable String nextCursor) {}

    /** What usage can be grouped by. */
    sealed interface Dimension {

        /** Its name in the admin API, and of its column in the answer. */
        String label();

        /** As groups follow one another: first by month, day and hour, then by the others as they were asked for. */
        static List<Dimension> inOrder(List<Dimension> by) {
            return by.stream()
                    .sorted(Comparator.comparingInt(dimension -> switch (dimension) {
                        case Field.MONTH -> 0;
                        case Field.DAY -> 1;
                        case Field.HOUR -> 2;
                        default -> 3;
                    }))
                    .toList();
        }

        /** A column of the row, or the beginning of its hour, day or month in UTC. */
        enum Field implements Dimension {
            PROVIDER,
            MODEL,
            DEPLOYMENT,
            KEY,
            TEAM,
            USER,
            HOUR,
            DAY,
            MONTH;

            @Override
            public String label() {
                return name().toLowerCase(Locale.ROOT);
            }
        }

        /** The value of one tag. */
        record Tag(String name) implements Dimension {
            @Override
            public String label() {
                return "tag:" + name;
            }
        }
    }

    /** Rows that fit, newest first, from a cursor on. */
    Uni<Page> page(Filter filter, int limit, @Nullable String cursor);

    /** The row of that id, with who could have answered and who could not; null: there is none. */
    Uni<@Nullable ObjectNode> find(String id);

    /**
     * Sums over the rows from {@code from} to {@code to}, one row for each combination of the dimensions.
     *
     * @param limit how many at most
     * @param cursor of the page before; null begins with the first
     */
    Uni<Page> usage(
            @Nullable Instant from, @Nullable Instant to, List<Dimension> by, int limit, @Nullable String cursor);

    /** All of them. */
    default Uni<List<ObjectNode>> usage(@Nullable Instant from, @Nullable Instant to, List<Dimension> by) {
        return usage(from, to, by, Integer.MAX_VALUE, null).map(Page::rows);
    }

    /**
     * What requests have cost in US dollars; null when tokens were used and no price is known of any of them.
     *
     * @param today on that day in UTC, and later
     * @param total of all times
     * @param newest when the newest of them began; null when that is not known
     */
    record Spent(
            @Nullable BigDecimal today,
            @Nullable BigDecimal total,
            @Nullable Instant newest) {}

    /**
     * What providers, models or deployments have cost; who has no row is left out.
     *
     * @param by one of these three; of deployments the newest row is not looked for
     */
    Uni<Map<String, Spent>> spent(Dimension.Field by, Collection<String> names, LocalDate today);
}
