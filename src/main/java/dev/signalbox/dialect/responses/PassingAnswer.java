package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.ChatEvent.Wire;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.FinishReason;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An answer that goes on in its own language: its bytes, and what the gateway must know of them. */
final class PassingAnswer implements AnswerDecoder {

    private boolean ended;

    @Override
    public void answer(byte[] json, Consumer<ChatEvent> sink) {
        JsonNode response = AnswerReader.read(json);
        if (response.hasNonNull("error")) {
            throw UpstreamErrors.inPlaceOfAnAnswer(response);
        }
        if (!response.path("output").isArray()) {
            throw new BrokenAnswer("the upstream's answer has no output", null);
        }
        ended = true;
        sink.accept(whole(null, json, response));
    }

    @Override
    public void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
        if (ended || AnswerReader.isBlank(data) || AnswerReader.isDone(data)) {
            return;
        }
        EventScan scan = EventScan.of(data);
        String type = scan.type().isEmpty() && name != null ? name : scan.type();
        switch (type) {
            case "response.completed", "response.incomplete" -> {
                ended = true;
                sink.accept(whole(type, data, AnswerReader.read(data).path("response")));
            }
            case "response.failed", "response.cancelled" ->
                throw UpstreamErrors.inPlaceOfAnAnswer(AnswerReader.read(data).path("response"));
            case "error" -> throw UpstreamErrors.inPlaceOfAnAnswer(AnswerReader.read(data));
            default -> {
                if (scan.error()) {
                    throw UpstreamErrors.inPlaceOfAnAnswer(AnswerReader.read(data));
                }
                boolean acts = type.equals("response.output_item.added") && isAct(scan.item());
                sink.accept(
                        new Wire(type, data, acts || scan.said() > 0, null, null, scan.said(), scan.model(), false));
            }
        }
    }

    /** Whether the model does something with an item of that type beside speaking and thinking, which show later. */
    private static boolean isAct(@Nullable String item) {
        return item != null && !item.equals("message") && !item.equals("reasoning");
    }

    private static Wire whole(@Nullable String name, byte[] data, JsonNode response) {
        FinishReason cut = AnswerReader.cut(response);
        int said = name == null ? length(response.path("output")) : 0;
        String model = response.path("model").textValue();
        return new Wire(
                name,
                data,
                said > 0,
                TokenCounts.read(response.path("usage")),
                cut == null ? FinishReason.STOP : cut,
                said,
                model,
                false);
    }

    /** How many characters the items hold that the model wrote. */
    private static int length(JsonNode output) {
        int length = 0;
        for (JsonNode item : output) {
            length += item.path("arguments").asText("").length()
                    + item.path("input").asText("").length();
            for (JsonNode part : item.path("content")) {
                length += part.path("text").asText("").length()
                        + part.path("refusal").asText("").length();
            }
            for (JsonNode part : item.path("summary")) {
                length += part.path("text").asText("").length();
            }
        }
        return length;
    }

    @Override
    public boolean ended() {
        return ended;
    }
}
