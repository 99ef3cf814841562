package dev.signalbox.dialect.cohere;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads answers, whole or in events; {@code message-end} is the end mark. The language does not say which model answers, so
 * that it is told.
 *
 * <p>A plan for tools is what the model thought; a seal of this language marks it, so that it can be said as a plan again.
 * Citations are left out: they belong to documents and to results of tools, and no other language's callers have a word for
 * where in a result of a tool some words come from.
 */
final class CohereAnswer implements AnswerDecoder {

    /** The seal on thoughts that were a plan for tools. */
    static final String PLAN = "tool_plan";

    /** More than this is no count of tokens. */
    private static final double MOST = Integer.MAX_VALUE;

    private final String model;
    private final CohereNames names;

    /** The calls of a stream by the index that the vendor gives them. */
    private final Map<Integer, Call> open = new LinkedHashMap<>(4);

    private String answerId = "";
    private int calls;
    private boolean planning;
    private boolean started;
    private boolean ended;

    /** A call whose arguments come in pieces. */
    private static final class Call {
        final int index;
        boolean said;

        Call(int index) {
            this.index = index;
        }
    }

    CohereAnswer(String model, CohereNames names) {
        this.model = model;
        this.names = names;
    }

    @Override
    public void answer(byte[] json, Consumer<ChatEvent> sink) {
        ObjectNode answer = object(json);
        JsonNode message = answer.path("message");
        if (!message.isObject()) {
            String error = CohereErrors.message(answer);
            throw error.isEmpty()
                    ? new BrokenAnswer("the answer has no message", null)
                    : CohereErrors.inAnswer(500, error);
        }
        refuseFailed(answer);
        start(answer, sink);
        plan(text(message.path("tool_plan")), sink);
        planEnds(sink);
        if (message.path("content").isTextual()) {
            say(message.path("content").textValue(), sink);
        }
        for (JsonNode block : message.path("content")) {
            content(block, sink);
        }
        for (JsonNode call : message.path("tool_calls")) {
            callStarts(-1, call, sink);
            callEnds(-1, sink);
        }
        finish(answer, sink);
    }

    @Override
    public void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
        if (ended || isDone(data)) {
            return;
        }
        ObjectNode event = object(data);
        String type = text(event.path("type"));
        JsonNode message = event.at("/delta/message");
        switch (type.isEmpty() ? String.valueOf(name) : type) {
            case "message-start" -> start(event, sink);
            case "content-start", "content-delta" -> {
                startUnknown(sink);
                planEnds(sink);
                content(message.path("content"), sink);
            }
            case "tool-plan-delta" -> {
                startUnknown(sink);
                plan(text(message.path("tool_plan")), sink);
            }
            case "tool-call-start" -> {
                startUnknown(sink);
                planEnds(sink);
                callStarts(event.path("index").asInt(-1), one(message.path("tool_calls")), sink);
            }
            case "tool-call-delta" -> {
                JsonNode function = one(message.path("tool_calls")).path("function");
                arguments(open.get(event.path("index").asInt(-1)), function, sink);
            }
            case "tool-call-end" -> callEnds(event.path("index").asInt(-1), sink);
            case "message-end" -> {
                refuseFailed(event.path("delta"));
                startUnknown(sink);
                planEnds(sink);
                finish(event.path("delta"), sink);
            }
            default -> refuseError(type, event); // content-end, citations, debug, and whatever is added
        }
    }

    private static boolean isDone(byte[] data) {
        return data.length > 0 && data[0] == '[';
    }

    private static void refuseError(String type, ObjectNode event) {
        String error = type.isEmpty() || type.equals("error") ? CohereErrors.message(event) : "";
        if (!error.isEmpty()) {
            throw CohereErrors.inAnswer(500, error);
        }
    }

    /** An answer that failed or ran out of the vendor's time is none, though some of it may have come. */
    private static void refuseFailed(JsonNode from) {
        String error = text(from.path("error"));
        String reason = text(from.path("finish_reason"));
        switch (reason) {
            case "ERROR" -> throw CohereErrors.inAnswer(500, error.isEmpty() ? "the generation failed" : error);
            case "TIMEOUT" ->
                throw CohereErrors.inAnswer(504, error.isEmpty() ? "the generation took too long" : error);
            default -> {
                if (!error.isEmpty()) {
                    throw CohereErrors.inAnswer(500, error);
                }
            }
        }
    }

    private static ObjectNode object(byte[] json) {
        try {
            if (Json.read(json) instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException e) {
            throw new BrokenAnswer("the answer is not JSON", null);
        }
        throw new BrokenAnswer("the answer is not a JSON object", null);
    }

    /** A stream speaks of one call at a time; some servers put it into an array nonetheless. */
    private static JsonNode one(JsonNode calls) {
        return calls.isArray() ? calls.path(0) : calls;
    }

    private void start(JsonNode from, Consumer<ChatEvent> sink) {
        if (!started) {
            started = true;
            answerId = text(from.path("id"));
            sink.accept(new ChatEvent.Started(answerId.isEmpty() ? null : answerId, model));
        }
    }

    private void startUnknown(Consumer<ChatEvent> sink) {
        start(Json.object(), sink);
    }

    private void content(JsonNode block, Consumer<ChatEvent> sink) {
        String thinking = text(block.path("thinking"));
        if (!thinking.isEmpty()) {
            sink.accept(new ChatEvent.Thinking(thinking));
        }
        say(text(block.path("text")), sink);
    }

    private static void say(String words, Consumer<ChatEvent> sink) {
        if (!words.isEmpty()) {
            sink.accept(new ChatEvent.Text(words));
        }
    }

    private void plan(String words, Consumer<ChatEvent> sink) {
        if (!words.isEmpty()) {
            planning = true;
            sink.accept(new ChatEvent.Thinking(words));
        }
    }

    private void planEnds(Consumer<ChatEvent> sink) {
        if (planning) {
            planning = false;
            sink.accept(new ChatEvent.ThinkingSealed(PLAN, CohereDialect.ID));
        }
    }

    private void callStarts(int place, JsonNode begun, Consumer<ChatEvent> sink) {
        callEnds(place, sink);
        Call call = new Call(calls++);
        open.put(place, call);
        JsonNode function = begun.path("function");
        String id = text(begun.path("id"));
        String name = names.own(text(function.path("name")));
        String known = id.isEmpty() ? "call_" + answerId + "_" + call.index : id;
        sink.accept(new ChatEvent.ToolCallStarted(call.index, known, name));
        arguments(call, function, sink);
    }

    private static void arguments(@Nullable Call call, JsonNode function, Consumer<ChatEvent> sink) {
        JsonNode given = function.path("arguments");
        String piece = given.isContainerNode() ? Json.text(given) : text(given);
        if (call != null && !piece.isEmpty()) {
            call.said |= !piece.isBlank();
            sink.accept(new ChatEvent.ToolCallArguments(call.index, piece));
        }
    }

    private void callEnds(int place, Consumer<ChatEvent> sink) {
        Call call = open.remove(place);
        if (call != null && !call.said) {
            sink.accept(new ChatEvent.ToolCallArguments(call.index, "{}"));
        }
    }

    private void finish(JsonNode from, Consumer<ChatEvent> sink) {
        ended = true;
        for (Integer place : open.keySet().toArray(Integer[]::new)) {
            callEnds(place, sink);
        }
        FinishReason reason = switch (text(from.path("finish_reason"))) {
            case "COMPLETE" -> calls > 0 ? FinishReason.TOOL_CALLS : FinishReason.STOP;
            case "STOP_SEQUENCE" -> FinishReason.STOP_SEQUENCE;
            case "MAX_TOKENS" -> FinishReason.LENGTH;
            case "TOOL_CALL" -> FinishReason.TOOL_CALLS;
            default -> FinishReason.OTHER;
        };
        sink.accept(new ChatEvent.Finished(reason, null));
        Usage usage = usage(from.path("usage"));
        if (usage != null) {
            sink.accept(new ChatEvent.Used(usage));
        }
    }

    /**
     * The tokens that are billed, and beside them those that the vendor itself adds to a prompt. When it does not say what it
     * bills, it is what the model saw.
     *
     * @see <a href="https://docs.cohere.com/v2/docs/how-does-cohere-pricing-work">How Cohere's pricing works</a>
     */
    static @Nullable Usage usage(JsonNode usage) {
        JsonNode seen = usage.path("tokens");
        JsonNode billed = isCounted(usage.path("billed_units")) ? usage.path("billed_units") : seen;
        if (!isCounted(billed)) {
            return null;
        }
        long cached = count(usage.path("cached_tokens"));
        return Usage.inclusive(count(billed.path("input_tokens")), cached, 0, count(billed.path("output_tokens")), 0)
                .seen(count(seen.path("input_tokens")));
    }

    private static boolean isCounted(JsonNode tokens) {
        return tokens.path("input_tokens").isNumber()
                || tokens.path("output_tokens").isNumber();
    }

    private static long count(JsonNode node) {
        return node.isNumber() ? (long) Math.clamp(node.doubleValue(), 0, MOST) : 0;
    }

    private static String text(JsonNode node) {
        String text = node.textValue();
        return text == null ? "" : text;
    }

    @Override
    public boolean ended() {
        return ended;
    }
}
