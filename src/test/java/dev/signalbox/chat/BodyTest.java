package dev.signalbox.chat;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyTest {

    @Test
    void aChangedMemberLeavesEveryOtherByteAlone() {
        Body body =
                body("{ \"model\" : \"a\" ,\n\t\"x\": 0.20, \"big\":12345678901234567890.10, \"s\":\"\\u00e4\\/\" }");
        assertThat(with(body, "model", "\"b\""))
                .isEqualTo("{\"model\" : \"b\",\"x\": 0.20,\"big\":12345678901234567890.10,\"s\":\"\\u00e4\\/\"}");
    }

    @Test
    void aMissingMemberIsAddedAtTheEnd() {
        assertThat(with(body("{\"a\":1}"), "b", "[2]")).isEqualTo("{\"a\":1,\"b\":[2]}");
        assertThat(with(body("{}"), "b", "[2]")).isEqualTo("{\"b\":[2]}");
    }

    @Test
    void aMemberIsRemovedWithItsComma() {
        assertThat(with(body("{\"a\":1,\"b\":2,\"c\":3}"), "a", null)).isEqualTo("{\"b\":2,\"c\":3}");
        assertThat(with(body("{\"a\":1,\"b\":2,\"c\":3}"), "b", null)).isEqualTo("{\"a\":1,\"c\":3}");
        assertThat(with(body("{\"a\":1,\"b\":2,\"c\":3}"), "c", null)).isEqualTo("{\"a\":1,\"b\":2}");
        assertThat(with(body("{\"a\":1}"), "a", null)).isEqualTo("{}");
    }

    @Test
    void everyKindOfValueIsFoundWhereItStands() {
        String json = "{\"o\":{\"x\":[1,{}]},\"a\":[\"]\"],\"s\":\"}\\\"\",\"i\":-1,\"f\":1e-7,\"t\":true,\"n\":null}";
        Body body = body(json);
        var found = new LinkedHashMap<String, String>();
        body.members().forEach(member -> found.put(member.name(), json.substring(member.start(), member.end())));
        assertThat(found)
                .containsExactlyEntriesOf(ordered(
                        "o",
                        "{\"x\":[1,{}]}",
                        "a",
                        "[\"]\"]",
                        "s",
                        "\"}\\\"\"",
                        "i",
                        "-1",
                        "f",
                        "1e-7",
                        "t",
                        "true",
                        "n",
                        "null"));
        assertThat(body.member("o")).extracting(Body.Member::type).isEqualTo(JsonToken.START_OBJECT);
    }

    @Test
    void aStringIsReadWithItsEscapes() {
        Body body = body("{\"a\":\"x\\n\\u00e4\",\"b\":\"\u00e4\uD83D\uDE00\",\"c\":null}");
        assertThat(body.string("a")).isEqualTo("x\n\u00e4");
        assertThat(body.string("b")).isEqualTo("\u00e4\uD83D\uDE00");
        assertThat(body.string("c")).isNull();
        assertThat(body.string("d")).isNull();
    }

    @Test
    void aMemberOfTheWrongTypeIsNamed() {
        Body body = body("{\"model\":1,\"stream\":\"yes\"}");
        assertThatThrownBy(() -> body.string("model"))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage("'model' must be a string");
        assertThatThrownBy(() -> body.bool("stream", false)).hasMessage("'stream' must be true or false");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "[]", "1", "{", "{\"a\"}", "{\"a\":1,}", "{\"a\":1}{}", "{\"a\":1} x", "{'a':1}", "nul"
            })
    void whatIsNotOneObjectIsRefused(String text) {
        assertThatThrownBy(() -> body(text)).isInstanceOf(InvalidRequest.class);
    }

    @Test
    void aNameThatStandsTwiceIsRefusedSinceReadersDisagreeOnIt() {
        assertThatThrownBy(() -> body("{\"model\":\"a\",\"model\":\"b\"}"))
                .isInstanceOfSatisfying(
                        InvalidRequest.class, e -> assertThat(e.param()).isEqualTo("model"));
    }

    @Test
    void otherEncodingsAreRefused() {
        assertThatThrownBy(() -> Body.parse("{\"a\":1}".getBytes(UTF_16LE)))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void aByteOrderMarkDoesNotMoveTheMembers() {
        assertThat(with(body("\uFEFF{\"a\":1,\"b\":2}"), "a", "3")).isEqualTo("{\"a\":3,\"b\":2}");
    }

    @Test
    void nestingIsBounded() {
        String deep = "{\"a\":" + "[".repeat(2000) + "]".repeat(2000) + "}";
        assertThatThrownBy(() -> body(deep)).isInstanceOf(InvalidRequest.class);
    }

    @Property
    void anyBytesAreABodyOrAnInvalidRequest(@ForAll @Size(max = 40) byte[] bytes) {
        parseOrRefuse(bytes);
        byte[] spoiled = "{\"model\":\"gpt\",\"a\":[1,{\"b\":\"\u00e4\"}]}".getBytes(UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            spoiled[Math.floorMod(bytes[i] * 31 + i, spoiled.length)] = bytes[i];
        }
        parseOrRefuse(spoiled);
    }

    @Property
    void changesOfAnyMembersAreTheSameChangesInTheTree(
            @ForAll @Size(max = 6) Map<String, Long> members,
            @ForAll @Size(max = 4) Map<String, @Nullable Long> changes) {
        ObjectNode tree = Json.object();
        members.forEach((name, value) -> tree.put(clean(name), value));
        ObjectNode expected = tree.deepCopy();
        var raw = new LinkedHashMap<String, byte @Nullable []>();
        changes.forEach((name, value) -> {
            boolean removed = value != null && value % 2 == 0;
            if (removed) {
                expected.remove(clean(name));
            } else {
                expected.put(clean(name), value);
            }
            raw.put(clean(name), removed ? null : String.valueOf(value).getBytes(UTF_8));
        });
        assertThat(Json.text(Body.parse(Body.parse(Json.bytes(tree)).with(raw)).tree()))
                .isEqualTo(Json.text(expected));
    }

    private static String clean(String name) {
        return new String(name.getBytes(UTF_8), UTF_8);
    }

    private static void parseOrRefuse(byte[] bytes) {
        try {
            Body body = Body.parse(bytes);
            assertThat(Body.parse(body.with(Map.of())).tree()).isEqualTo(body.tree());
        } catch (InvalidRequest e) {
            assertThat(e.message()).isNotEmpty();
        }
    }

    private static Body body(String json) {
        return Body.parse(json.getBytes(UTF_8));
    }

    private static String with(Body body, String name, @Nullable String value) {
        Map<String, byte @Nullable []> change =
                Collections.singletonMap(name, value == null ? null : value.getBytes(UTF_8));
        return new String(body.with(change), UTF_8);
    }

    private static Map<String, String> ordered(String... pairs) {
        var map = new LinkedHashMap<String, String>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }
}
