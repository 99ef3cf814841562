package dev.signalbox.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import dev.signalbox.ledger.RequestLog.Dimension;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The last group of a page of usage; the next page begins behind it, whatever has come or gone since.
 *
 * @param by dimensions, in the order of groups
 * @param values of each of them; null stands behind all others
 */
public record GroupCursor(List<Dimension> by, List<@Nullable String> values) {

    private static final Set<Dimension> TIMES =
            Set.of(Dimension.Field.MONTH, Dimension.Field.DAY, Dimension.Field.HOUR);

    /** The cursor that a caller gave, or null when it gave none. */
    public static @Nullable GroupCursor parse(@Nullable String text, List<Dimension> by) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            JsonNode group = Json.read(Base64.getUrlDecoder().decode(text));
            List<@Nullable String> values = new ArrayList<>();
            for (Dimension dimension : Dimension.inOrder(by)) {
                JsonNode value = group.path(dimension.label());
                if (isValue(dimension, value)) {
                    values.add(value.textValue());
                }
            }
            if (!by.isEmpty() && values.size() == by.size() && group.size() == by.size()) {
                return new GroupCursor(Dimension.inOrder(by), Collections.unmodifiableList(values));
            }
        } catch (IOException | IllegalArgumentException | DateTimeException _) {
            // said below
        }
        throw new InvalidRequest("cursor is not one that this gateway gave for these groups", "cursor");
    }

    private static boolean isValue(Dimension dimension, JsonNode value) {
        return TIMES.contains(dimension)
                ? value.isTextual() && Instant.parse(value.textValue()) != null
                : value.isTextual() || value.isNull();
    }

    /** Where the page ends whose last row that is. */
    public static GroupCursor after(ObjectNode row, List<Dimension> by) {
        List<Dimension> ordered = Dimension.inOrder(by);
        List<@Nullable String> values = new ArrayList<>();
        ordered.forEach(dimension -> values.add(row.path(dimension.label()).textValue()));
        return new GroupCursor(ordered, Collections.unmodifiableList(values));
    }

    /** The beginning of its hour, day or month, the shortest of them; null when it has none. */
    public @Nullable Instant time() {
        Instant time = null;
        for (int i = 0; i < by.size(); i++) {
            String value = values.get(i);
            if (TIMES.contains(by.get(i)) && value != null) {
                time = Instant.parse(value);
            }
        }
        return time;
    }

    /** As a caller gets it. */
    @Override
    public String toString() {
        ObjectNode group = Json.object();
        for (int i = 0; i < by.size(); i++) {
            group.put(by.get(i).label(), values.get(i));
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(group));
    }
}
