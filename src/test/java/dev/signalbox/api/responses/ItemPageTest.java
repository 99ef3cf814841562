package dev.signalbox.api.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class ItemPageTest {

    private static final ArrayNode ITEMS = Json.mapper().createArrayNode();

    static {
        for (String id : List.of("a", "b", "c", "d")) {
            ITEMS.addObject().put("id", id);
        }
    }

    private static List<String> ids(ObjectNode page) {
        return page.path("data").findValuesAsText("id");
    }

    @Test
    void theNewestComeFirstUnlessAskedOtherwise() {
        assertThat(ids(ItemPage.of(null, null, null, null).of(ITEMS))).containsExactly("d", "c", "b", "a");
        assertThat(ids(ItemPage.of("asc", null, null, null).of(ITEMS))).containsExactly("a", "b", "c", "d");
    }

    @Test
    void pagesFollowEachOther() {
        ObjectNode first = ItemPage.of("asc", "3", null, null).of(ITEMS);
        ObjectNode second = ItemPage.of("asc", "3", "c", null).of(ITEMS);

        assertThat(ids(first)).containsExactly("a", "b", "c");
        assertThat(first.path("has_more").asBoolean()).isTrue();
        assertThat(first.path("last_id").asText()).isEqualTo("c");
        assertThat(ids(second)).containsExactly("d");
        assertThat(second.path("has_more").asBoolean()).isFalse();
        assertThat(ids(ItemPage.of("asc", null, "d", null).of(ITEMS))).isEmpty();
        assertThat(ids(ItemPage.of("asc", null, "a", "d").of(ITEMS))).containsExactly("b", "c");
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> ItemPage.of("up", null, null, null)).isInstanceOf(InvalidRequest.class);
        assertThatThrownBy(() -> ItemPage.of(null, "0", null, null)).isInstanceOf(InvalidRequest.class);
        assertThatThrownBy(() -> ItemPage.of(null, "many", null, null)).isInstanceOf(InvalidRequest.class);
    }
}
