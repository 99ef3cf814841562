package dev.signalbox.api.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.api.Bodies;
import dev.signalbox.catalogue.Offer;
import dev.signalbox.catalogue.Snapshot;
import dev.signalbox.chat.Caller;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import io.vertx.core.http.HttpServerRequest;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The models that a caller may ask for, by name and in pages, as Anthropic lists its own. What is not known is null.
 *
 * @see <a href="https://platform.claude.com/docs/en/api/models-list">List Models</a>
 */
final class AnthropicModels {

    private static final int USUAL = 20;
    private static final int MOST = 1_000;

    /** What stands for a time that is not known. */
    private static final String UNKNOWN = "1970-01-01T00:00:00Z";

    private final Snapshot snapshot;
    private final Caller caller;

    AnthropicModels(Snapshot snapshot, Caller caller) {
        this.snapshot = snapshot;
        this.caller = caller;
    }

    /** One page of them. */
    ObjectNode page(HttpServerRequest request) {
        List<Offer> offers = snapshot.offers(caller).stream()
                .sorted(Comparator.comparing(Offer::name))
                .toList();
        List<String> names = offers.stream().map(Offer::name).toList();
        int limit = limit(request.getParam("limit"));
        String after = request.getParam("after_id");
        String before = request.getParam("before_id");
        int from = after == null ? 0 : place(names, after, "after_id") + 1;
        int to = before == null ? names.size() : place(names, before, "before_id");
        boolean backwards = before != null && after == null;
        int size = Math.clamp((long) to - from, 0, limit);
        int start = backwards ? to - size : Math.min(from, names.size());
        List<Offer> shown = offers.subList(start, start + size);
        ObjectNode page = Json.object();
        ArrayNode data = page.putArray("data");
        shown.forEach(offer -> data.add(described(offer)));
        return page.put("has_more", backwards ? start > 0 : from + size < to)
                .put("first_id", shown.isEmpty() ? null : shown.getFirst().name())
                .put("last_id", shown.isEmpty() ? null : shown.getLast().name());
    }

    private static int limit(@Nullable String asked) {
        if (asked == null) {
            return USUAL;
        }
        try {
            int limit = Integer.parseInt(asked);
            if (limit >= 1 && limit <= MOST) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new InvalidRequest("'limit' must be from 1 to " + MOST, "limit");
    }

    private static int place(List<String> names, String id, String parameter) {
        int at = names.indexOf(id);
        if (at < 0) {
            throw new InvalidRequest("'" + parameter + "' names no model: '" + Bodies.shown(id) + "'", parameter);
        }
        return at;
    }

    /**
     * One of them.
     *
     * @throws SignalboxException 404 {@code model_not_found}
     */
    ObjectNode one(String id) {
        Offer offer = snapshot.offer(caller, id);
        if (offer == null) {
            throw new SignalboxException(
                    404,
                    "model_not_found",
                    "there is no model '" + Bodies.shown(id) + "'; GET /v1/models lists them",
                    "model");
        }
        return described(offer);
    }

    private static ObjectNode described(Offer offer) {
        return Json.object()
                .put("type", "model")
                .put("id", offer.name())
                .put("display_name", offer.name())
                .put("created_at", UNKNOWN)
                .put("lifecycle", "active")
                .putNull("line")
                .put("max_input_tokens", offer.contextWindow())
                .put("max_tokens", offer.maxOutputTokens())
                .putNull("capabilities")
                .putNull("deprecated_at")
                .putNull("retires_at");
    }
}
