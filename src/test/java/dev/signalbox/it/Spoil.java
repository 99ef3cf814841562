package dev.signalbox.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Spoils what is sound, the same way again for the same seed: values first, which leave it JSON, then bytes. */
final class Spoil {

    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "{}",
            "[]",
            "0",
            "-1",
            "1e400",
            "-0.0",
            "99999999999999999999999",
            "2147483648",
            "\"\"",
            "\"x\"",
            "\" \"",
            "\"\\ud83d\"",
            "\"\\u0000\\n\"",
            "\"data:image/png;base64,\"",
            "\"data:,\"",
            "\"../..\"",
            "[null]",
            "[[[{}]]]",
            "[\"a\",1]",
            "{\"type\":\"text\"}",
            "{\"type\":5}",
            "{\"text\":null}",
            "{\"\":{\"\":[]}}");

    private Spoil() {}

    /** JSON with one to four values that do not belong there, members missing, twice or renamed. */
    static String values(Random random, String json) {
        JsonNode root = Shapes.json(json);
        for (int i = random.nextInt(4); i >= 0; i--) {
            List<ContainerNode<?>> all = new ArrayList<>();
            gather(root, all);
            if (all.isEmpty()) {
                break;
            }
            one(random, all.get(random.nextInt(all.size())));
        }
        return root.toString();
    }

    private static void gather(JsonNode node, List<ContainerNode<?>> all) {
        if (node instanceof ContainerNode<?> container && !container.isEmpty()) {
            all.add(container);
            container.forEach(child -> gather(child, all));
        }
    }

    private static void one(Random random, ContainerNode<?> in) {
        JsonNode value = value(random);
        int at = random.nextInt(in.size());
        if (in instanceof ArrayNode array) {
            switch (random.nextInt(5)) {
                case 0 -> array.remove(at);
                case 1 -> array.insert(at, value);
                case 2 -> array.add(array.get(at).deepCopy());
                default -> array.set(at, value);
            }
        } else if (in instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = names.get(at);
            switch (random.nextInt(6)) {
                case 0 -> object.remove(name);
                case 1 -> object.set(name + "x", object.remove(name));
                case 2 ->
                    object.set(
                            names.get(random.nextInt(names.size())),
                            object.get(name).deepCopy());
                default -> object.set(name, value);
            }
        }
    }

    private static JsonNode value(Random random) {
        return switch (random.nextInt(30)) {
            case 0 -> Shapes.json(Shapes.quoted("long ".repeat(2_000)));
            case 1 -> Shapes.json("[".repeat(300) + "]".repeat(300));
            default -> Shapes.json(VALUES.get(random.nextInt(VALUES.size())));
        };
    }

    /** Bytes that are changed, missing, more or moved. */
    static byte[] bytes(Random random, byte[] sound) {
        byte[] bytes = sound.clone();
        for (int i = random.nextInt(3); i >= 0 && bytes.length > 1; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                case 3 -> {
                    int end = Math.min(bytes.length, at + 1 + random.nextInt(40));
                    bytes = joined(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, end, bytes.length));
                }
                case 4 -> {
                    byte[] more = new byte[1 + random.nextInt(8)];
                    random.nextBytes(more);
                    bytes = joined(Arrays.copyOf(bytes, at), more, Arrays.copyOfRange(bytes, at, bytes.length));
                }
                default -> bytes = joined(bytes, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 50)));
            }
        }
        return bytes;
    }

    /** A request: its values spoiled, or its bytes, or both. */
    static byte[] request(Random random, String json) {
        return switch (random.nextInt(8)) {
            case 0 -> bytes(random, json.getBytes(UTF_8));
            case 1 -> bytes(random, values(random, json).getBytes(UTF_8));
            case 2 -> ("[".repeat(5_000) + json).getBytes(UTF_8);
            default -> values(random, json).getBytes(UTF_8);
        };
    }

    /** The events of a stream: some missing, twice, in another order, or spoiled themselves. */
    static List<byte[]> events(Random random, List<byte[]> sound) {
        List<byte[]> events = new ArrayList<>(sound);
        for (int i = random.nextInt(3); i >= 0 && !events.isEmpty(); i--) {
            int at = random.nextInt(events.size());
            switch (random.nextInt(8)) {
                case 0 -> events.remove(at);
                case 1 -> events.add(at, events.get(random.nextInt(events.size())));
                case 2 -> Collections.swap(events, at, random.nextInt(events.size()));
                case 3 -> events = new ArrayList<>(events.subList(0, at));
                case 4 -> Collections.shuffle(events, random);
                default -> events.set(at, bytes(random, events.get(at)));
            }
        }
        return events;
    }

    /** The same when the event is a line with a JSON behind a prefix: its values. */
    static String data(Random random, String event) {
        int from = event.indexOf('{');
        int to = event.lastIndexOf('}');
        return from < 0 || to < from
                ? event
                : event.substring(0, from) + values(random, event.substring(from, to + 1)) + event.substring(to + 1);
    }

    static byte[] joined(byte[]... pieces) {
        int length = 0;
        for (byte[] piece : pieces) {
            length += piece.length;
        }
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] piece : pieces) {
            System.arraycopy(piece, 0, all, at, piece.length);
            at += piece.length;
        }
        return all;
    }
}
