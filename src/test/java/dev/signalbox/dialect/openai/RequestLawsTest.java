package dev.signalbox.dialect.openai;

import static dev.signalbox.dialect.openai.Sample.DIALECT;
import static dev.signalbox.dialect.openai.Sample.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Leftover;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Nothing is lost in secret: what is said, and what is named as unsaid, are together what was asked. */
class RequestLawsTest {

    @Property(tries = 3000)
    void whatIsLeftOverIsWhatStoodThere(@ForAll("requests") ObjectNode request) {
        Prompt prompt = DIALECT.decode(Body.parse(Json.bytes(request)));
        for (Leftover leftover : prompt.leftovers()) {
            assertThat(leftover.value()).as(leftover.path()).isEqualTo(Places.get(request, leftover.path()));
        }
    }

    @Property(tries = 3000)
    void whatIsSaidAndWhatIsUnsaidAreTogetherTheRequest(@ForAll("requests") ObjectNode request) {
        Encoded encoded = DIALECT.encode(DIALECT.decode(Body.parse(Json.bytes(request))), PLAIN);
        ObjectNode said = normal(encoded.body());
        encoded.unsaid().stream()
                .map(Unsaid::path)
                .sorted(Places.ORDER)
                .forEach(path -> Places.put(said, path, Places.get(normal(request), path)));
        assertThat(Json.text(sorted(said))).isEqualTo(Json.text(sorted(normal(request))));
        assertThat(encoded.emulated()).isEmpty();
    }

    @Property(tries = 1000)
    void sayingTheSameAgainChangesNothing(@ForAll("requests") ObjectNode request) {
        ObjectNode once = encode(Json.bytes(request));
        assertThat(encode(Json.bytes(once))).isEqualTo(once);
    }

    private static ObjectNode encode(byte[] request) {
        return DIALECT.encode(DIALECT.decode(Body.parse(request)), PLAIN).body();
    }

    @Provide
    Arbitrary<ObjectNode> requests() {
        return Arbitraries.randomValue(random -> new RandomRequest(random).make());
    }

    /** The one way of many in which the same can be written. */
    private static ObjectNode normal(ObjectNode request) {
        ObjectNode normal = request.deepCopy();
        normal.put("model", PLAIN.model()).remove("stream");
        if (normal.has("max_tokens")) {
            normal.set("max_completion_tokens", normal.remove("max_tokens"));
        }
        if (normal.path("stop").isTextual()) {
            normal.putArray("stop").add(request.get("stop"));
        }
        if (normal.path("store").isBoolean() && !normal.path("store").booleanValue()) {
            normal.remove("store");
        }
        normal.path("messages").forEach(message -> message((ObjectNode) message));
        return (ObjectNode) withoutNulls(normal);
    }

    private static void message(ObjectNode message) {
        if (message.path("role").asText().equals("developer")) {
            message.put("role", "system");
        }
        if (message.path("content").isTextual()) {
            JsonNode text = message.get("content");
            message.putArray("content").addObject().put("type", "text").set("text", text);
        }
        boolean silent = message.path("content").size() == 1
                && message.path("content").path(0).path("text").asText("x").isEmpty();
        if (silent) {
            message.remove("content");
        }
        message.path("tool_calls").forEach(call -> {
            ((ObjectNode) call).remove("index");
            if (call.has("function")) {
                ((ObjectNode) call).put("type", "function");
            }
            if (call.path("function").path("arguments").asText().isEmpty() && call.has("function")) {
                ((ObjectNode) call.path("function")).put("arguments", "{}");
            }
        });
    }

    private static JsonNode withoutNulls(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties().removeIf(member -> member.getValue().isNull());
        }
        node.forEach(RequestLawsTest::withoutNulls);
        return node;
    }

    private static JsonNode sorted(JsonNode node) {
        if (node instanceof ArrayNode array) {
            ArrayNode sorted = Json.mapper().createArrayNode();
            array.forEach(element -> sorted.add(sorted(element)));
            return sorted;
        }
        if (node instanceof ObjectNode object) {
            ObjectNode sorted = Json.object();
            object.properties().stream()
                    .sorted(java.util.Map.Entry.comparingByKey())
                    .forEach(member -> sorted.set(member.getKey(), sorted(member.getValue())));
            return sorted;
        }
        return node;
    }
}
