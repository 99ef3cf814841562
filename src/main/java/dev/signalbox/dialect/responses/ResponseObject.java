package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import org.jspecify.annotations.Nullable;

/** The response, which repeats what was asked, or what holds where nothing was. */
final class ResponseObject {

    private final AnswerForm form;
    private final JsonNode asked;
    private @Nullable ObjectNode begun;

    ResponseObject(AnswerForm form) {
        this.form = form;
        Body request = form.request();
        this.asked = request == null ? MissingNode.getInstance() : request.tree();
    }

    /** Goes on with a response that another has begun. */
    void goOn(ObjectNode response) {
        begun = response;
    }

    /**
     * The response as it is now.
     *
     * @param error why it failed; null when it did not
     * @param incomplete why it is incomplete; null when it is not
     */
    ObjectNode json(
            String status,
            String model,
            ArrayNode output,
            @Nullable Usage usage,
            @Nullable ObjectNode error,
            @Nullable String incomplete) {
        ObjectNode other = begun;
        if (other != null) {
            ObjectNode going = other.deepCopy().put("status", status);
            going.set("error", error);
            going.set(
                    "incomplete_details",
                    incomplete == null ? null : Json.object().put("reason", incomplete));
            going.set("output", output);
            going.set("usage", usage == null ? null : TokenCounts.write(usage));
            return going;
        }
        ObjectNode response = Json.object();
        response.put("id", ItemIds.response(form.id()));
        response.put("object", "response");
        response.put("created_at", form.created());
        response.put("status", status);
        response.put("background", false);
        response.set("error", error);
        response.set(
                "incomplete_details", incomplete == null ? null : Json.object().put("reason", incomplete));
        repeat(response, "instructions");
        repeat(response, "max_output_tokens");
        repeat(response, "max_tool_calls");
        response.put("model", model);
        response.set("output", output);
        response.set(
                "parallel_tool_calls",
                asked("parallel_tool_calls", Json.mapper().getNodeFactory().booleanNode(true)));
        repeat(response, "previous_response_id");
        repeat(response, "prompt_cache_key");
        response.set("reasoning", reasoning());
        repeat(response, "safety_identifier");
        response.put("service_tier", "default");
        response.set("store", asked("store", Json.mapper().getNodeFactory().booleanNode(true)));
        response.set(
                "temperature",
                asked("temperature", Json.mapper().getNodeFactory().numberNode(1.0)));
        response.set("text", text());
        response.set(
                "tool_choice",
                asked("tool_choice", Json.mapper().getNodeFactory().textNode("auto")));
        response.set("tools", tools());
        response.set(
                "top_logprobs",
                asked("top_logprobs", Json.mapper().getNodeFactory().numberNode(0)));
        response.set("top_p", asked("top_p", Json.mapper().getNodeFactory().numberNode(1.0)));
        response.set(
                "truncation", asked("truncation", Json.mapper().getNodeFactory().textNode("disabled")));
        response.set("usage", usage == null ? null : TokenCounts.write(usage));
        repeat(response, "user");
        response.set("metadata", asked("metadata", Json.object()));
        return response;
    }

    private JsonNode asked(String name, JsonNode otherwise) {
        JsonNode value = asked.path(name);
        return value.isMissingNode() || value.isNull() ? otherwise : value;
    }

    private void repeat(ObjectNode response, String name) {
        response.set(name, asked(name, Json.mapper().nullNode()));
    }

    private ObjectNode reasoning() {
        ObjectNode reasoning = Json.object();
        reasoning.putNull("effort").putNull("summary");
        if (asked.path("reasoning") instanceof ObjectNode given) {
            reasoning.setAll(given);
        }
        return reasoning;
    }

    private ObjectNode text() {
        ObjectNode text = Json.object();
        text.putObject("format").put("type", "text");
        text.put("verbosity", "medium");
        if (asked.path("text") instanceof ObjectNode given) {
            text.setAll(given);
        }
        return text;
    }

    /** Clients expect of each function what they may leave out themselves. */
    private ArrayNode tools() {
        ArrayNode tools = Json.mapper().createArrayNode();
        for (JsonNode given : asked.path("tools")) {
            if (given instanceof ObjectNode object
                    && object.path("type").asText().equals("function")) {
                ObjectNode tool = Json.object();
                tool.putNull("description").putNull("parameters").putNull("strict");
                tools.add(tool.setAll(object));
            } else {
                tools.add(given);
            }
        }
        return tools;
    }
}
