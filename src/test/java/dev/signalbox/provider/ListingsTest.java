package dev.signalbox.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.provider.Listings.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every vendor writes its list of models in its own way. */
class ListingsTest {

    private static final Shape DATA = Shape.of("data", "id");
    private static final Shape PAGES = new Shape("data", "id", "", "last_id", "after_id");
    private static final Shape NAMED = new Shape("models", "name", "models/", "nextPageToken", "pageToken");

    private final List<ObjectNode> models = new ArrayList<>();

    private String collect(Shape shape, String answer) throws JsonProcessingException {
        return Listings.collect(Json.read(answer.replace('\'', '"')), shape, models);
    }

    private List<String> ids() {
        return models.stream().map(model -> model.path("id").asText()).toList();
    }

    @Test
    void keepsWhatTheVendorSaysBesideTheName() throws Exception {
        assertThat(collect(DATA, "{'object':'list','data':[{'owned_by':'me','id':'a'},{'id':'b'}]}"))
                .isNull();
        assertThat(models.getFirst()).isEqualTo(Json.read("{\"id\":\"a\",\"owned_by\":\"me\"}"));
        assertThat(ids()).containsExactly("a", "b");
    }

    @Test
    void aBareListWillDo() throws Exception {
        collect(DATA, "[{'id':'a'},{'nothing':1},'b']");
        assertThat(ids()).containsExactly("a");
    }

    @Test
    void goesOnWhereThePageEnds() throws Exception {
        assertThat(collect(PAGES, "{'data':[{'id':'a'}],'has_more':true,'last_id':'a'}"))
                .isEqualTo("a");
        assertThat(collect(PAGES, "{'data':[{'id':'b'}],'has_more':false,'last_id':'b'}"))
                .isNull();
        assertThat(collect(NAMED, "{'models':[{'name':'models/c'}],'nextPageToken':'t'}"))
                .isEqualTo("t");
        assertThat(collect(NAMED, "{'models':[{'name':'d','nextPageToken':''}]}"))
                .isNull();
        assertThat(ids()).containsExactly("a", "b", "c", "d");
    }

    @Test
    void anythingElseIsAnError() {
        assertThatThrownBy(() -> collect(DATA, "{'data':{}}"))
                .isInstanceOfSatisfying(
                        SignalboxException.class, e -> assertThat(e.status()).isEqualTo(502));
    }
}
