package dev.signalbox.api.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.history.Kept;
import dev.signalbox.history.RecentHistory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConversationTest {

    private final RecentHistory history = new RecentHistory();

    ConversationTest() {
        history.keep(new Kept(
                        "ann",
                        "resp_1",
                        Instant.EPOCH,
                        null,
                        "[{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"user\",\"content\":\"secret\"}]",
                        "{\"id\":\"resp_1\",\"output\":[]}",
                        false,
                        Set.of("msg_1")))
                .await()
                .indefinitely();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'item_reference','id':'msg_1'}",
                "{'type':null,'id':'msg_1'}",
                "{'id':'msg_1'}",
                "{'type':'item~u005freference','~u0069d':'msg_1'}"
            })
    void itemsAreFoundByTheirNamesAndBelongToTheirCallersAlone(String reference) {
        String input = "{'input':[" + reference + ",{'role':'user','content':'b'}]}";

        JsonNode items = input("ann", input);
        assertThat(items).hasSize(2);
        assertThat(items.at("/0/content").asText()).isEqualTo("secret");
        assertThatThrownBy(() -> input("bob", input)).isInstanceOfSatisfying(SignalboxException.class, refused -> {
            assertThat(refused.status()).isEqualTo(404);
            assertThat(refused.param()).isEqualTo("input");
            assertThat(refused.getMessage()).contains("msg_1");
        });
    }

    @Test
    void whatHasAnIdAndSaysSomethingIsNoReference() {
        assertThat(
                        input(
                                "bob",
                                "{'input':[{'id':'msg_9','role':'user','content':'a'},{'id':'fc_9','type':'function_call','call_id':'c'}]}"))
                .hasSize(2);
    }

    private JsonNode input(String owner, String body) {
        byte[] json = body.replace('\'', '"').replace('~', '\\').getBytes(StandardCharsets.UTF_8);
        return new Conversation(history, owner, Body.parse(json))
                .whole()
                .await()
                .indefinitely()
                .body()
                .tree()
                .path("input");
    }
}
