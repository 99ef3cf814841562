package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An answer that is written when all of it is there. */
final class PlainAnswer {

    private record Call(String id, String name, StringBuilder arguments) {}

    private final AnswerForm form;
    private final boolean functions;
    private final SealedThoughts sealed;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder thinking = new StringBuilder();
    private final StringBuilder refusal = new StringBuilder();
    private final Map<Integer, Call> calls = new TreeMap<>();
    private String id;
    private String model = "";
    private FinishReason reason = FinishReason.OTHER;
    private @Nullable Usage usage;
    private byte @Nullable [] wire;

    PlainAnswer(AnswerForm form, SealedThoughts sealed) {
        this.form = form;
        this.functions = wantsFunctions(form);
        this.sealed = sealed;
        this.id = form.id();
    }

    /** Whether the caller knows tools only in their older form. */
    static boolean wantsFunctions(AnswerForm form) {
        var request = form.request();
        return request != null && request.has("functions") && !request.has("tools");
    }

    void gather(ChatEvent event) {
        switch (event) {
            case ChatEvent.Started started -> {
                id = started.id() == null ? form.id() : started.id();
                model = started.model();
            }
            case ChatEvent.Text(var delta) -> {
                if (!delta.isEmpty()) {
                    sealed.speak();
                    text.append(delta);
                }
            }
            case ChatEvent.Thinking(var delta) -> {
                sealed.think(delta);
                thinking.append(delta);
            }
            case ChatEvent.ThinkingSealed(var signature, var origin) -> sealed.seal(signature, origin);
            case ChatEvent.SealedThinking(var data, var origin) -> sealed.hidden(data, origin);
            case ChatEvent.ToolCallStarted call -> {
                sealed.call();
                calls.put(call.index(), new Call(call.id(), call.name(), new StringBuilder()));
            }
            case ChatEvent.ToolCallArguments(var index, var delta) -> {
                Call call = calls.get(index);
                if (call != null) {
                    call.arguments().append(delta);
                }
            }
            case ChatEvent.Refusal(var delta) -> refusal.append(delta);
            case ChatEvent.Finished finished -> reason = finished.reason();
            case ChatEvent.Used used -> usage = used.usage();
            case ChatEvent.Wire whole -> wire = whole.data();
            case ChatEvent.Embedded _, ChatEvent.Counted _ -> throw new IllegalArgumentException("no part of a chat");
        }
    }

    byte[] bytes() {
        byte[] as = wire;
        if (as != null) {
            return as;
        }
        ObjectNode answer = Json.object();
        answer.put("id", id);
        answer.put("object", "chat.completion");
        answer.put("created", form.created());
        answer.put("model", model);
        ObjectNode choice = answer.putArray("choices").addObject();
        choice.put("index", 0);
        message(choice.putObject("message"));
        choice.putNull("logprobs");
        choice.put("finish_reason", FinishReasons.write(reason, functions));
        Usage used = usage;
        if (used != null) {
            answer.set("usage", TokenCounts.write(used));
        }
        return Json.bytes(answer);
    }

    private void message(ObjectNode message) {
        boolean silent = text.isEmpty() && !(calls.isEmpty() && refusal.isEmpty());
        message.put("role", "assistant");
        message.put("content", silent ? null : text.toString());
        message.put("refusal", refusal.isEmpty() ? null : refusal.toString());
        if (!thinking.isEmpty()) {
            message.put(Thoughts.PLAIN, thinking.toString());
        }
        if (functions && !calls.isEmpty()) {
            ObjectNode call = Json.object();
            write(calls.values().iterator().next(), call);
            message.set("function_call", call.get("function"));
        } else if (!calls.isEmpty()) {
            ArrayNode array = message.putArray("tool_calls");
            calls.values().forEach(call -> write(call, array.addObject()));
        }
        ArrayNode seals = sealed.all();
        if (seals != null) {
            message.set(Thoughts.SEALED, seals);
        }
    }

    private static void write(Call call, ObjectNode object) {
        object.put("id", call.id());
        object.put("type", "function");
        ObjectNode function = object.putObject("function");
        function.put("name", call.name());
        function.put(
                "arguments",
                call.arguments().isEmpty() ? "{}" : call.arguments().toString());
    }
}
