package dev.signalbox.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** JSON in which a few values stand in place of others, and then a few bytes. */
public final class Spoiled {

    private static final List<String> VALUES = List.of(
            "null",
            "{}",
            "[]",
            "0",
            "-1",
            "1e400",
            "99999999999999999999",
            "\"\"",
            "\"x\"",
            "true",
            "[[{}]]",
            "{\"a\":[1]}",
            "\"\\ud83d\"");

    private Spoiled() {}

    /**
     * One of some samples, spoiled.
     *
     * @param samples written with single quotes
     * @param mostBytes how many bytes may be changed; with none it stays JSON
     */
    public static Arbitrary<byte[]> of(List<String> samples, int mostBytes) {
        return Combinators.combine(
                        Arbitraries.of(samples),
                        Arbitraries.integers().between(0, 200).list().ofMaxSize(4),
                        Arbitraries.of(VALUES).list().ofSize(4),
                        Arbitraries.integers().between(0, 100_000).list().ofMaxSize(mostBytes))
                .as((sample, spots, put, places) -> {
                    JsonNode tree = Reading.json(sample);
                    List<JsonNode> holders = new ArrayList<>();
                    holders(tree, holders);
                    for (int i = 0; i < spots.size(); i++) {
                        spoil(holders.get(spots.get(i) % holders.size()), spots.get(i), put.get(i));
                    }
                    byte[] bytes = Json.bytes(tree);
                    for (int place : places) {
                        if (place % 3 != 0) {
                            bytes[place % bytes.length] = (byte) (place / 7);
                        }
                    }
                    return bytes;
                });
    }

    private static void holders(JsonNode node, List<JsonNode> holders) {
        if (node.isContainerNode() && !node.isEmpty()) {
            holders.add(node);
            node.forEach(child -> holders(child, holders));
        }
    }

    private static void spoil(JsonNode holder, int spot, String value) {
        JsonNode put;
        try {
            put = Json.read(value);
        } catch (IOException e) {
            return;
        }
        if (holder instanceof ObjectNode object && !object.isEmpty()) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            object.set(names.get(spot % names.size()), put);
        } else if (holder instanceof ArrayNode array && !array.isEmpty()) {
            array.set(spot % array.size(), put);
        }
    }
}
