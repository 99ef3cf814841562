package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Body.Member;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What other vendors answered through this gateway, in a request that goes to OpenAI after all: their thoughts are left out,
 * and items lose the ids that OpenAI never gave.
 */
final class ForeignItems {

    private static final byte[] MARK = ItemIds.MARK.getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SEAL = "\"signalbox:".getBytes(StandardCharsets.US_ASCII);

    private ForeignItems() {}

    /** The thoughts that are left out. */
    static List<Unsaid> unsaid(Body body) {
        if (!mayHaveSome(body)) {
            return List.of();
        }
        var unsaid = new ArrayList<Unsaid>();
        JsonNode input = body.tree().path("input");
        for (int i = 0; i < input.size(); i++) {
            if (isForeignThought(input.get(i))) {
                unsaid.add(Unsaid.hint("input[" + i + "]", "takes only thoughts of its own"));
            }
        }
        return unsaid;
    }

    /** The input without them; null when there are none. */
    static byte @Nullable [] withoutThem(Body body) {
        if (!mayHaveSome(body)) {
            return null;
        }
        ArrayNode rest = Json.mapper().createArrayNode();
        boolean changed = false;
        for (JsonNode item : body.tree().path("input")) {
            if (isForeignThought(item)) {
                changed = true;
            } else if (item instanceof ObjectNode object && isOurs(object)) {
                changed = true;
                rest.add(withoutId(object));
            } else {
                rest.add(item);
            }
        }
        return changed ? Json.bytes(rest) : null;
    }

    private static boolean isForeignThought(JsonNode item) {
        return item.path("type").asText().equals("reasoning")
                && (isOurs(item)
                        || Seal.isForeign(item.path("encrypted_content").asText("")));
    }

    private static boolean isOurs(JsonNode item) {
        return ItemIds.isOurs(item.path("id").asText(""));
    }

    private static ObjectNode withoutId(ObjectNode item) {
        ObjectNode copy = Json.object();
        copy.setAll(item);
        copy.remove("id");
        return copy;
    }

    /** A quick look at the bytes, since nearly all requests have none. */
    private static boolean mayHaveSome(Body body) {
        Member input = body.member("input");
        return input != null
                && input.type() == JsonToken.START_ARRAY
                && (holds(body.bytes(), input, MARK) || holds(body.bytes(), input, SEAL));
    }

    private static boolean holds(byte[] bytes, Member member, byte[] word) {
        int last = member.end() - word.length;
        for (int i = member.start(); i <= last; i++) {
            if (bytes[i] == word[0] && Arrays.equals(bytes, i, i + word.length, word, 0, word.length)) {
                return true;
            }
        }
        return false;
    }
}
