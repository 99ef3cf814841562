package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.Arguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer as parts of this language, which come out one by one as soon as they are whole: words at once, calls when their
 * arguments have come, since a call is never told in pieces here.
 */
final class GeminiAnswer {

    private record Call(String id, String name, @Nullable String seal, StringBuilder arguments) {}

    private final AnswerForm form;
    private final Map<Integer, Call> open = new LinkedHashMap<>(2);
    private final Map<String, String> seals = new LinkedHashMap<>(0);
    private @Nullable String id;
    private String model = "";
    private FinishReason reason = FinishReason.STOP;
    private @Nullable Usage usage;
    private boolean ofGemini;

    GeminiAnswer(AnswerForm form) {
        this.form = form;
    }

    /** The parts that are whole now. */
    List<ObjectNode> take(ChatEvent event) {
        List<ObjectNode> parts = new ArrayList<>(1);
        switch (event) {
            case ChatEvent.Started start -> {
                if (id == null) {
                    id = start.id() == null ? form.id() : start.id();
                    model = start.model();
                }
            }
            case ChatEvent.Text(String words) -> words(words, parts);
            case ChatEvent.Refusal(String words) -> words(words, parts);
            case ChatEvent.Thinking(String words) -> {
                if (!words.isEmpty()) {
                    close(parts);
                    parts.add(Json.object().put("text", words).put("thought", true));
                }
            }
            case ChatEvent.ThinkingSealed(String signature, String origin) -> {
                ofGemini |= origin.equals(GeminiDialect.ID);
                close(parts);
                parts.add(sealed(GeminiSeal.Kind.SIGNATURE, signature, origin));
            }
            case ChatEvent.SealedThinking(String data, String origin) -> sealedThinking(data, origin, parts);
            case ChatEvent.ToolCallStarted start ->
                open.putIfAbsent(
                        start.index(),
                        new Call(start.id(), start.name(), seals.remove(start.id()), new StringBuilder()));
            case ChatEvent.ToolCallArguments(int index, String more) -> {
                Call call = open.get(index);
                if (call != null) {
                    call.arguments().append(more);
                }
            }
            case ChatEvent.Finished end -> reason = end.reason();
            case ChatEvent.Used used -> usage = used.usage();
            case ChatEvent.Wire _ -> throw new IllegalArgumentException("an event of the wire needs no writing");
            case ChatEvent.Embedded _, ChatEvent.Counted _ -> throw new IllegalArgumentException("no part of a chat");
        }
        return parts;
    }

    private void words(String words, List<ObjectNode> parts) {
        if (!words.isEmpty()) {
            close(parts);
            parts.add(Json.object().put("text", words));
        }
    }

    private static ObjectNode sealed(GeminiSeal.Kind kind, String value, String origin) {
        return Json.object()
                .put("text", "")
                .put("thought", true)
                .put("thoughtSignature", new GeminiSeal(kind, value, origin).carried());
    }

    private void sealedThinking(String data, String origin, List<ObjectNode> parts) {
        if (!origin.equals(GeminiDialect.ID)) {
            close(parts);
            parts.add(sealed(GeminiSeal.Kind.SEALED, data, origin));
            return;
        }
        ofGemini = true;
        String call = GeminiSeal.callOf(data);
        if (call != null) {
            seals.put(call, GeminiSeal.sealIn(data));
        } else {
            close(parts);
            parts.add(Json.object().put("text", "").put("thoughtSignature", GeminiSeal.sealIn(data)));
        }
    }

    /** Tells the calls, since nothing more can belong to them. */
    void close(List<ObjectNode> parts) {
        for (Call call : open.values()) {
            ObjectNode part = Json.object();
            ObjectNode said = part.putObject("functionCall");
            if (!call.id().isEmpty() && !call.id().startsWith(CallIds.MADE)) {
                said.put("id", call.id());
            }
            said.put("name", call.name()).set("args", arguments(call.arguments().toString()));
            String seal = call.seal();
            if (seal != null) {
                part.put("thoughtSignature", seal);
            } else if (!ofGemini) {
                part.put("thoughtSignature", GeminiSeal.none());
            }
            parts.add(part);
        }
        open.clear();
    }

    private static JsonNode arguments(String arguments) {
        ObjectNode object = Arguments.object(arguments);
        return object == null ? Arguments.wrapped(arguments) : object;
    }

    /** A piece of the answer with these parts. */
    ObjectNode piece(List<ObjectNode> parts, boolean last) {
        ObjectNode piece = Json.object();
        ObjectNode candidate = piece.putArray("candidates").addObject();
        ObjectNode content = candidate.putObject("content");
        ArrayNode said = content.putArray("parts");
        parts.forEach(said::add);
        if (parts.isEmpty()) {
            said.addObject().put("text", ""); // clients take an answer without parts for none
        }
        content.put("role", "model");
        if (last) {
            candidate.put("finishReason", GeminiFinish.said(reason));
        }
        candidate.put("index", 0);
        Usage counted = usage;
        if (counted != null) {
            piece.set("usageMetadata", UsageTally.said(counted));
        }
        String own = id;
        return piece.put("modelVersion", model).put("responseId", own == null ? form.id() : own);
    }
}
