package dev.signalbox.api.responses;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.api.Door;
import dev.signalbox.api.Reading;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Caller;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Operation;
import dev.signalbox.dialect.responses.ResponsesDialect;
import dev.signalbox.history.History;
import io.smallrye.mutiny.Uni;
import io.vertx.core.MultiMap;
import java.util.Set;

/** Reads requests for responses, with what they go on from. */
final class ResponsesReading implements Reading {

    private static final int LONGEST_MODEL = 512;

    /** What stands in no other body that has {@code input}. */
    private static final Set<String> OWN = Set.of(
            "background",
            "conversation",
            "include",
            "instructions",
            "max_output_tokens",
            "max_tool_calls",
            "parallel_tool_calls",
            "previous_response_id",
            "reasoning",
            "store",
            "stream",
            "temperature",
            "text",
            "tool_choice",
            "tools",
            "top_p",
            "truncation");

    private final ResponsesDialect dialect;
    private final History history;

    ResponsesReading(ResponsesDialect dialect, History history) {
        this.dialect = dialect;
        this.history = history;
    }

    @Override
    public Operation operation() {
        return dialect.operation();
    }

    @Override
    public String member() {
        return "input";
    }

    @Override
    public Fit fit(MultiMap headers, Body body) {
        Body.Member input = body.member("input");
        if (input == null) {
            Body.Member prompt = body.member("prompt");
            return prompt != null && prompt.type() == JsonToken.START_OBJECT ? Fit.CERTAIN : Fit.NONE;
        }
        if (OWN.stream().anyMatch(body::has)) {
            return Fit.CERTAIN;
        }
        if (input.type() != JsonToken.START_ARRAY) {
            return Fit.LIKELY;
        }
        JsonNode first = body.tree().path("input").path(0);
        if (first.has("role") || first.has("call_id")) {
            return Fit.CERTAIN;
        }
        return first.isObject() ? Fit.POSSIBLE : Fit.NONE;
    }

    @Override
    public Uni<Exchange> read(Exchange.Arrival arrival, MultiMap headers, Body body) {
        return continued(arrival, body).map(Door.Continued::exchange);
    }

    /** What the body asks, with what was said before. */
    Uni<Door.Continued> continued(Exchange.Arrival arrival, Body body) {
        String model = body.string("model");
        if (model == null || model.isBlank()) {
            throw new InvalidRequest("'model' is required", "model");
        }
        if (model.length() > LONGEST_MODEL) {
            throw new InvalidRequest("'model' is longer than " + LONGEST_MODEL + " characters", "model");
        }
        if (body.bool("background", false)) {
            throw new InvalidRequest("'background' must be false: nothing is answered in the background", "background");
        }
        boolean stream = body.bool("stream", false);
        boolean store = body.bool("store", true);
        String user = body.has("safety_identifier") ? body.string("safety_identifier") : body.string("user");
        requireInput(body);
        String owner = owner(arrival.caller());
        return new Conversation(history, owner, body).whole().map(whole -> {
            var exchange = new Exchange(
                    arrival,
                    dialect.id(),
                    dialect.operation(),
                    model,
                    stream,
                    true,
                    whole.body(),
                    () -> dialect.decode(whole.body()),
                    user);
            return new Door.Continued(exchange, store ? new Keeping(history, owner, exchange, whole) : null);
        });
    }

    private static void requireInput(Body body) {
        Body.Member input = body.member("input");
        JsonToken type = input == null ? JsonToken.VALUE_NULL : input.type();
        boolean fits = switch (type) {
            case VALUE_STRING, START_ARRAY -> true;
            case VALUE_NULL -> body.has("prompt");
            default -> false;
        };
        if (!fits) {
            throw new InvalidRequest("'input' must be a string or an array of items", "input");
        }
    }

    /** Whose the responses are; in open mode everybody is the same. */
    static String owner(Caller caller) {
        return caller.keyId() == null ? "" : caller.keyId();
    }
}
