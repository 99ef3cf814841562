package dev.signalbox.api.responses;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.api.Bodies;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.history.History;
import dev.signalbox.history.Kept;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request with all that it goes on from: the items of the responses before it, and those that it only names. */
final class Conversation {

    private static final String PREVIOUS = "previous_response_id";
    private static final byte[] ID = "\"id\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ESCAPED = "\\u".getBytes(StandardCharsets.US_ASCII);

    private final History history;
    private final String owner;
    private final Body body;

    Conversation(History history, String owner, Body body) {
        this.history = history;
        this.owner = owner;
        this.body = body;
    }

    /**
     * A request that says everything itself.
     *
     * @param body has all items in its {@code input}
     * @param earlier how many of them were said before
     */
    record Whole(Body body, int earlier) {}

    /** The body with everything in its {@code input}; the same when it goes on from nothing. */
    Uni<Whole> whole() {
        String previous = body.string(PREVIOUS);
        Set<String> named = named();
        if (previous == null && named.isEmpty()) {
            return Uni.createFrom().item(new Whole(body, 0));
        }
        return before(previous).chain(before -> referred(named).map(found -> with(before, found, previous != null)));
    }

    private Uni<ArrayNode> before(@Nullable String previous) {
        if (previous == null) {
            return Uni.createFrom().item(Json.mapper().createArrayNode());
        }
        return history.chain(owner, previous).map(chain -> {
            String missing = chain.isEmpty() ? previous : chain.getLast().previous();
            if (missing != null) {
                throw new SignalboxException(
                        400,
                        "previous_response_not_found",
                        "Previous response with id '" + Bodies.shown(missing) + "' not found.",
                        PREVIOUS);
            }
            return items(chain, true);
        });
    }

    /** All that was said and answered, oldest first, without the answer to the last. */
    static ArrayNode input(List<Kept> chain) {
        return items(chain, false);
    }

    private static ArrayNode items(List<Kept> chain, boolean withLast) {
        ArrayNode items = Json.mapper().createArrayNode();
        for (int i = chain.size() - 1; i >= 0; i--) {
            Kept kept = chain.get(i);
            KeptJson.read(kept.input()).forEach(items::add);
            if (i > 0 || withLast) {
                JsonNode output = KeptJson.read(kept.response()).path("output");
                if (!withLast && kept.hidesSeals()) {
                    KeptJson.hideSeals(output);
                }
                output.forEach(items::add);
            }
        }
        return items;
    }

    private Set<String> named() {
        Body.Member input = body.member("input");
        var named = new LinkedHashSet<String>();
        if (input != null && input.type() == JsonToken.START_ARRAY && mayName(input)) {
            for (JsonNode item : body.tree().path("input")) {
                if (isReference(item)) {
                    named.add(item.path("id").textValue());
                }
            }
        }
        return named;
    }

    /** A quick look at the bytes: a tree is made for those who need one, and for those who may hide a name. */
    private boolean mayName(Body.Member input) {
        return says(input, ID) || says(input, ESCAPED);
    }

    private boolean says(Body.Member input, byte[] word) {
        byte[] bytes = body.bytes();
        for (int i = input.start(); i <= input.end() - word.length; i++) {
            if (bytes[i] == word[0] && Arrays.equals(bytes, i, i + word.length, word, 0, word.length)) {
                return true;
            }
        }
        return false;
    }

    /** What has an id and nothing else is a reference, too: its type may be left out. */
    private static boolean isReference(JsonNode item) {
        JsonNode type = item.path("type");
        boolean refers = (type.isMissingNode() || type.isNull())
                ? !item.has("role") && !item.has("content")
                : type.asText().equals("item_reference");
        return refers && item.path("id").isTextual();
    }

    /** The items that are named, by id; those that this caller does not know are missing. */
    private Uni<Map<String, JsonNode>> referred(Set<String> named) {
        if (named.isEmpty()) {
            return Uni.createFrom().item(Map.of());
        }
        return history.holding(owner, named).map(holders -> {
            var found = new HashMap<String, JsonNode>();
            for (Kept kept : holders) {
                for (JsonNode items : List.of(
                        KeptJson.read(kept.input()),
                        KeptJson.read(kept.response()).path("output"))) {
                    for (JsonNode item : items) {
                        if (named.contains(item.path("id").asText(""))) {
                            found.put(item.path("id").asText(), item);
                        }
                    }
                }
            }
            return found;
        });
    }

    /** An item of somebody else is not known either, be it that the vendor would know it: its callers share one account. */
    private static JsonNode known(Map<String, JsonNode> found, String id) {
        JsonNode item = found.get(id);
        if (item == null) {
            throw new SignalboxException(
                    404, "not_found", "Item with id '" + Bodies.shown(id) + "' not found.", "input");
        }
        return item;
    }

    private Whole with(ArrayNode before, Map<String, JsonNode> found, boolean goesOn) {
        int earlier = before.size();
        Set<String> there = new LinkedHashSet<>();
        before.forEach(item -> there.add(item.path("id").asText("")));
        JsonNode input = body.tree().path("input");
        if (input.isTextual()) {
            ObjectNode item = Json.object().put("type", "message").put("role", "user");
            item.set("content", input);
            before.add(item);
        }
        for (JsonNode item : input) {
            String id = item.path("id").asText("");
            if (!isReference(item)) {
                before.add(item);
            } else if (!(goesOn && there.contains(id))) {
                before.add(known(found, id));
            }
        }
        return new Whole(Body.parse(body.with(Map.of("input", Json.bytes(before)))), earlier);
    }
}
