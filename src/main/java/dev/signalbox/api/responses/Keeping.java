package dev.signalbox.api.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.api.Door;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Json;
import dev.signalbox.history.History;
import dev.signalbox.history.Kept;
import io.smallrye.mutiny.Uni;
import java.util.HashSet;
import java.util.Set;
import org.jboss.logging.Logger;

/** Keeps a response before its caller knows its id for good. */
final class Keeping implements Door.Ending {

    private static final Logger LOG = Logger.getLogger(Keeping.class);

    private final History history;
    private final String owner;
    private final Exchange exchange;
    private final Conversation.Whole asked;

    Keeping(History history, String owner, Exchange exchange, Conversation.Whole asked) {
        this.history = history;
        this.owner = owner;
        this.exchange = exchange;
        this.asked = asked;
    }

    @Override
    public Uni<Void> before(AnswerEncoder answer) {
        ObjectNode response = answer.kept();
        if (response == null || !response.path("id").isTextual() || !isWhole(response)) {
            return Uni.createFrom().voidItem();
        }
        Body body = asked.body();
        ArrayNode input = InputItems.of(body.tree().path("input"), asked.earlier(), exchange.id());
        var ids = new HashSet<String>();
        idsOf(input, ids);
        idsOf(response.path("output"), ids);
        var kept = new Kept(
                owner,
                response.path("id").textValue(),
                exchange.time(),
                body.string("previous_response_id"),
                Json.text(input),
                Json.text(response),
                !ResponsesDoor.wantsSeals(body),
                ids);
        if (kept.size() > Kept.MOST) {
            LOG.warnf("response of request %s is too large to be kept", exchange.id());
            return Uni.createFrom().voidItem();
        }
        return history.keep(kept);
    }

    private static boolean isWhole(ObjectNode response) {
        String status = response.path("status").asText();
        return status.equals("completed") || status.equals("incomplete");
    }

    private static void idsOf(JsonNode items, Set<String> ids) {
        for (JsonNode item : items) {
            String id = item.path("id").asText("");
            if (!id.isEmpty()) {
                ids.add(id);
            }
        }
    }
}
