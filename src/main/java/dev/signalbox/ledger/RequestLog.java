package dev.signalbox.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
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
     * One page, newest first.
     *
     * @param nextCursor where the next page begins; null on the last one
     */
    record Page(List<ObjectNode> rows, @Nullable String nextCursor) {}

    /** What usage can be grouped by. */
    sealed interface Dimension {

        /** Its name in the admin API, and of its column in the answer. */
        String label();

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

    /** Sums over the rows from {@code from} to {@code to}, one row for each combination of the dimensions. */
    Uni<List<ObjectNode>> usage(@Nullable Instant from, @Nullable Instant to, List<Dimension> by);
}
