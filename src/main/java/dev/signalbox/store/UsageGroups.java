package dev.signalbox.store;

import dev.signalbox.ledger.GroupCursor;
import dev.signalbox.ledger.RequestLog.Dimension;
import dev.signalbox.ledger.RequestLog.Dimension.Field;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What usage is grouped by, as columns d0, d1 and so on: read from rows and sums, put in order, and written. */
final class UsageGroups {

    /** Which sums can tell groups apart, by the numbers of the schema's grains. */
    enum Level {
        /** Provider, model and deployment. */
        MODELS(0),
        /** Key and team as well. */
        KEYS(1),
        /** User and listed tags as well. */
        ALL(2),
        /** Listed tags alone. */
        TAGS(9);

        private final int grain;

        Level(int grain) {
            this.grain = grain;
        }

        /** In the schema. */
        int grain(UsageSpan span) {
            return this == TAGS ? grain + span.ordinal() : grain + 3 * span.ordinal();
        }
    }

    private final List<Dimension> ordered;
    private final Map<String, Object> values;

    /**
     * @param ordered as groups follow one another
     * @param values where values of parameters are put
     */
    UsageGroups(List<Dimension> ordered, Map<String, Object> values) {
        this.ordered = ordered;
        this.values = values;
    }

    boolean contains(Dimension dimension) {
        return ordered.contains(dimension);
    }

    Level level() {
        boolean hasTags = ordered.stream().anyMatch(Dimension.Tag.class::isInstance);
        boolean hasKeys = ordered.contains(Field.KEY) || ordered.contains(Field.TEAM);
        boolean hasModels =
                ordered.contains(Field.MODEL) || ordered.contains(Field.PROVIDER) || ordered.contains(Field.DEPLOYMENT);
        if (ordered.contains(Field.USER) || (hasTags && (hasKeys || hasModels))) {
            return Level.ALL;
        }
        return hasTags ? Level.TAGS : hasKeys ? Level.KEYS : Level.MODELS;
    }

    /** The columns with a comma behind each. */
    String names() {
        return each("d%d, ");
    }

    /** The columns with a comma between them. */
    String list() {
        return IntStream.range(0, ordered.size()).mapToObj(i -> "d" + i).collect(Collectors.joining(", "));
    }

    /** The columns as they are found in rows and sums, with a comma behind each. */
    String found() {
        StringBuilder columns = new StringBuilder();
        for (int i = 0; i < ordered.size(); i++) {
            columns.append(column(ordered.get(i), i)).append(" as d").append(i).append(", ");
        }
        return columns.toString();
    }

    /** The columns as they are written, with a comma behind each. */
    String written() {
        StringBuilder columns = new StringBuilder();
        for (int i = 0; i < ordered.size(); i++) {
            columns.append(
                    switch (ordered.get(i)) {
                        case Field.HOUR, Field.DAY, Field.MONTH ->
                            "to_char(d%d at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') as d%d, "
                                    .formatted(i, i);
                        default -> "d%d, ".formatted(i);
                    });
        }
        return columns.toString();
    }

    /** A condition for groups that follow another; empty for all. */
    String after(@Nullable GroupCursor cursor) {
        return cursor == null ? "" : " where " + after(cursor, 0);
    }

    private String after(GroupCursor cursor, int number) {
        String column = "d" + number;
        String value = cursor.values().get(number);
        String further = number + 1 < ordered.size() ? after(cursor, number + 1) : "false";
        if (value == null) {
            return "(" + column + " is null and " + further + ")";
        }
        boolean isTime = ordered.get(number) instanceof Field field
                && (field == Field.HOUR || field == Field.DAY || field == Field.MONTH);
        values.put("after" + number, isTime ? OffsetDateTime.ofInstant(Instant.parse(value), ZoneOffset.UTC) : value);
        String given = isTime ? ":after" + number : "cast(:after" + number + " as text)";
        return "(" + column + " > " + given + " or " + column + " is null or " + column + " = " + given + " and "
                + further + ")";
    }

    private String each(String format) {
        return IntStream.range(0, ordered.size()).mapToObj(format::formatted).collect(Collectors.joining());
    }

    private String column(Dimension dimension, int number) {
        return switch (dimension) {
            case Dimension.Tag(String name) -> {
                values.put("tag" + number, name);
                yield "tags ->> cast(:tag" + number + " as text) collate \"C\"";
            }
            case Field field -> column(field);
        };
    }

    private static String column(Field field) {
        return switch (field) {
            case PROVIDER, MODEL, DEPLOYMENT, TEAM -> field.label() + " collate \"C\"";
            case KEY -> "key_id collate \"C\"";
            case USER -> "user_name collate \"C\"";
            case HOUR, DAY, MONTH -> "date_trunc('" + field.label() + "', time, 'UTC')";
        };
    }
}
