package dev.signalbox.api.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which items of a list are wanted, as OpenAI's lists are asked for. */
record ItemPage(
        boolean oldestFirst,
        int limit,
        @Nullable String after,
        @Nullable String before) {

    private static final int USUALLY = 20;
    private static final int MOST = 100;

    static ItemPage of(
            @Nullable String order, @Nullable String limit, @Nullable String after, @Nullable String before) {
        if (order != null && !order.equals("asc") && !order.equals("desc")) {
            throw new InvalidRequest("'order' must be asc or desc", "order");
        }
        return new ItemPage("asc".equals(order), number(limit), after, before);
    }

    private static int number(@Nullable String limit) {
        int wanted;
        try {
            wanted = limit == null ? USUALLY : Integer.parseInt(limit);
        } catch (NumberFormatException e) {
            wanted = 0;
        }
        if (wanted < 1 || wanted > MOST) {
            throw new InvalidRequest("'limit' must be a number from 1 to " + MOST, "limit");
        }
        return wanted;
    }

    /** The page of these items, which are given oldest first. */
    ObjectNode of(ArrayNode items) {
        List<JsonNode> ordered = new ArrayList<>();
        items.forEach(ordered::add);
        if (!oldestFirst) {
            Collections.reverse(ordered);
        }
        int from = after == null ? 0 : place(ordered, after, -1) + 1;
        int to = before == null ? ordered.size() : Math.max(from, place(ordered, before, ordered.size()));
        List<JsonNode> page = ordered.subList(from, Math.min(to, from + limit));
        ObjectNode list = Json.object().put("object", "list");
        list.putArray("data").addAll(page);
        list.set("first_id", page.isEmpty() ? null : page.getFirst().get("id"));
        list.set("last_id", page.isEmpty() ? null : page.getLast().get("id"));
        list.put("has_more", from + page.size() < to);
        return list;
    }

    private static int place(List<JsonNode> items, String id, int otherwise) {
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i).path("id").asText("").equals(id)) {
                return i;
            }
        }
        return otherwise;
    }
}
