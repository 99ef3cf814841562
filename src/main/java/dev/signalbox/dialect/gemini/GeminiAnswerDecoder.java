package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Json;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads generated content, whole or in pieces, for callers of other languages. Parts of unknown kinds are passed over. */
final class GeminiAnswerDecoder implements AnswerDecoder {

    /** Of an answer's own id in those of its calls, which some vendors take only up to 40 characters long. */
    private static final int LONGEST_ID = 24;

    private final Map<String, String> names;
    private final Set<String> ids;
    private final UsageTally tally = new UsageTally();
    private final GeminiFinish finish = new GeminiFinish();
    private String answer = "";
    private boolean counted;
    private boolean started;
    private boolean ended;
    private int calls;

    /**
     * @param names the caller's names of functions, by those that were said for them
     * @param ids the ids of the calls that were made before
     */
    GeminiAnswerDecoder(Map<String, String> names, Set<String> ids) {
        this.names = names;
        this.ids = new HashSet<>(ids);
    }

    @Override
    public void answer(byte[] json, Consumer<ChatEvent> sink) {
        ObjectNode root = object(json);
        if (!root.path("candidates").isArray() && !root.path("promptFeedback").isObject()) {
            throw new BrokenAnswer("the answer is no generated content: it has no candidates", null);
        }
        piece(root, sink);
        end(sink);
    }

    @Override
    public void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
        if (ended) {
            return;
        }
        if (GeminiFrames.END.equals(name)) {
            if (finish.isKnown()) {
                end(sink);
            }
        } else {
            piece(object(data), sink);
        }
    }

    private static ObjectNode object(byte[] json) {
        JsonNode read;
        try {
            read = Json.read(json);
        } catch (IOException e) {
            throw new BrokenAnswer("the answer is not JSON", null);
        }
        BrokenAnswer error = GeminiErrors.inAnswer(read);
        if (error != null) {
            throw error;
        }
        if (read instanceof ObjectNode object) {
            return object;
        }
        throw new BrokenAnswer("the answer is not a JSON object", null);
    }

    private void piece(ObjectNode piece, Consumer<ChatEvent> sink) {
        start(piece, sink);
        for (JsonNode candidate : piece.path("candidates")) {
            if (candidate.path("index").asInt(0) == 0) {
                for (JsonNode part : candidate.path("content").path("parts")) {
                    part(part, sink);
                }
                String reason = text(candidate, "finishReason");
                if (!reason.isEmpty()) {
                    finish.ended(reason);
                }
            }
        }
        if (!text(piece.path("promptFeedback"), "blockReason").isEmpty()) {
            finish.blocked();
        }
        if (piece.path("usageMetadata") instanceof ObjectNode usage) {
            tally.take(usage);
            counted = true;
            sink.accept(new ChatEvent.Used(tally.usage()));
        }
    }

    private void start(ObjectNode piece, Consumer<ChatEvent> sink) {
        if (!started) {
            started = true;
            String id = text(piece, "responseId");
            answer = id;
            sink.accept(new ChatEvent.Started(id.isEmpty() ? null : id, text(piece, "modelVersion")));
        }
    }

    private void part(JsonNode part, Consumer<ChatEvent> sink) {
        String seal = text(part, "thoughtSignature");
        if (part.path("functionCall") instanceof ObjectNode call) {
            call(call, seal, sink);
            return;
        }
        String words = text(part, "text");
        if (part.path("thought").asBoolean()) {
            if (!words.isEmpty()) {
                sink.accept(new ChatEvent.Thinking(words));
            }
            if (!seal.isEmpty()) {
                sink.accept(new ChatEvent.ThinkingSealed(seal, GeminiDialect.ID));
            }
            return;
        }
        if (part.path("inlineData") instanceof ObjectNode medium) {
            words = medium(medium);
        }
        if (!words.isEmpty()) {
            sink.accept(new ChatEvent.Text(words));
        }
        if (!seal.isEmpty()) {
            String data = words.isEmpty() ? GeminiSeal.ownPart(seal) : GeminiSeal.onPart(seal);
            sink.accept(new ChatEvent.SealedThinking(data, GeminiDialect.ID));
        }
    }

    /** A picture that the model made, as the words by which texts show pictures. */
    private static String medium(ObjectNode medium) {
        String type = text(medium, "mimeType");
        String mark = type.startsWith("image/") ? "!" : "";
        return mark + "[" + type + "](data:" + type + ";base64," + text(medium, "data") + ")";
    }

    private void call(ObjectNode call, String seal, Consumer<ChatEvent> sink) {
        String given = text(call, "id");
        String id = given.isEmpty() ? made() : given;
        ids.add(id);
        if (!seal.isEmpty()) {
            sink.accept(new ChatEvent.SealedThinking(GeminiSeal.ofCall(id, seal), GeminiDialect.ID));
        }
        int index = calls++;
        String name = text(call, "name");
        sink.accept(new ChatEvent.ToolCallStarted(index, id, names.getOrDefault(name, name)));
        JsonNode args = call.path("args");
        sink.accept(new ChatEvent.ToolCallArguments(index, args.isObject() ? Json.text(args) : "{}"));
        finish.called();
    }

    /** An id of what tells this answer from others, and of the place of the call in it. */
    private String made() {
        StringBuilder head = new StringBuilder(CallIds.MADE);
        for (int i = 0; i < answer.length() && i < LONGEST_ID; i++) {
            char c = answer.charAt(i);
            boolean taken = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
            head.append(taken ? c : '_');
        }
        int n = calls;
        while (ids.contains(head + "_" + n)) {
            n++;
        }
        return head + "_" + n;
    }

    private void end(Consumer<ChatEvent> sink) {
        ended = true;
        FinishReason reason = finish.reason();
        sink.accept(new ChatEvent.Finished(reason == null ? FinishReason.OTHER : reason, null));
        if (counted) {
            sink.accept(new ChatEvent.Used(tally.usage()));
        }
    }

    private static String text(JsonNode node, String field) {
        String text = node.path(field).textValue();
        return text == null ? "" : text;
    }

    /** There is no end mark; the end of the body is one where a reason for it was given. */
    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public boolean finished() {
        return ended || finish.isKnown();
    }
}
