package dev.signalbox.ledger;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A row that is kept in memory: its JSON, and what rows are chosen by. */
record Row(
        String id,
        Instant time,
        @Nullable String model,
        @Nullable String provider,
        @Nullable String key,
        int status,
        Supplier<byte[]> json) {

    /** One whose JSON nobody has needed yet. */
    static Row of(Entry entry) {
        return of(entry, () -> RowJson.of(entry));
    }

    static Row of(Entry entry, byte[] json) {
        return of(entry, () -> json);
    }

    private static Row of(Entry entry, Supplier<byte[]> json) {
        return new Row(entry.id(), entry.time(), entry.model(), entry.provider(), entry.keyId(), entry.status(), json);
    }

    static Row of(byte[] json) throws IOException {
        JsonNode tree = Json.read(json);
        return new Row(
                tree.path("id").asText(),
                Instant.parse(tree.path("time").asText()),
                text(tree, "model"),
                text(tree, "provider"),
                text(tree, "key_id"),
                tree.path("status").asInt(),
                () -> json);
    }

    /** The id of a row, without reading the rest of it. */
    static String id(byte[] json) {
        try (JsonParser parser = Json.FACTORY.createParser(json)) {
            if (parser.nextToken() == JsonToken.START_OBJECT && "id".equals(parser.nextFieldName())) {
                return String.valueOf(parser.nextTextValue());
            }
            throw new IOException("a row begins with its id");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean fits(RequestLog.Filter filter) {
        return is(filter.model(), model)
                && is(filter.provider(), provider)
                && is(filter.key(), key)
                && (filter.status() == null || filter.status() == status)
                && isWithin(filter.from(), filter.to());
    }

    boolean isWithin(@Nullable Instant from, @Nullable Instant to) {
        return (from == null || !time.isBefore(from)) && (to == null || time.isBefore(to));
    }

    ObjectNode tree() {
        try {
            return (ObjectNode) Json.read(json.get());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As it stands in lists. */
    ObjectNode listed() {
        ObjectNode row = tree();
        SelectionJson.leaveOut(row);
        return row;
    }

    /** As it stands alone: with who could have answered. */
    ObjectNode whole() {
        ObjectNode row = tree();
        SelectionJson.expand(row);
        return row;
    }

    private static boolean is(@Nullable String wanted, @Nullable String value) {
        return wanted == null || wanted.equals(value);
    }

    private static @Nullable String text(JsonNode tree, String name) {
        JsonNode value = tree.path(name);
        return value.isTextual() ? value.textValue() : null;
    }
}
