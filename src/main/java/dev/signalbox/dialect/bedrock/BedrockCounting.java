package dev.signalbox.dialect.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Prompt;
import dev.signalbox.dialect.Outbound;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Bedrock's CountTokens: the parts of a request to Converse that are tokens. Spoken to upstreams alone, as {@link
 * BedrockDialect} is.
 *
 * @see <a href="https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html">CountTokens</a>
 */
public final class BedrockCounting extends Outbound {

    /** Its name. */
    public static final String ID = "bedrock-counting";

    private static final List<String> COUNTED =
            List.of("messages", "system", "toolConfig", "additionalModelRequestFields");

    private final Families families = new Families();

    @Override
    public String id() {
        return ID;
    }

    @Override
    public Operation operation() {
        return Operation.COUNT_TOKENS;
    }

    /** Whether Bedrock counts for that model. */
    public boolean counts(String model) {
        return families.of(model).counting();
    }

    @Override
    public Encoded encode(Prompt prompt, Target target) {
        Encoded chat = new ConverseEncoder(prompt, target, families.of(target.model())).encode();
        ObjectNode body = Json.object();
        ObjectNode counted = body.putObject("input").putObject("converse");
        for (String member : COUNTED) {
            JsonNode value = chat.body().get(member);
            if (value != null) {
                counted.set(member, value);
            }
        }
        return new Encoded(body, chat.unsaid(), chat.emulated(), () -> new Count(target.model()));
    }

    @Override
    public AnswerDecoder decoder() {
        return new Count("");
    }

    @Override
    public UpstreamError readError(int status, byte[] body) {
        return ConverseErrors.read(status, body);
    }

    /** Reads {@code {"inputTokens": 12}}; there are no streams of it. */
    private record Count(String model) implements AnswerDecoder {
        @Override
        public void answer(byte[] json, Consumer<ChatEvent> sink) {
            JsonNode root;
            try {
                root = Json.read(json);
            } catch (IOException e) {
                throw new BrokenAnswer("the answer is not JSON", null);
            }
            JsonNode tokens = root.path("inputTokens");
            if (!tokens.canConvertToLong() || tokens.asLong() < 0) {
                throw ConverseErrors.notAnAnswer(root);
            }
            sink.accept(new ChatEvent.Started(null, model));
            sink.accept(new ChatEvent.Counted(tokens.asLong(), false));
        }

        @Override
        public void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
            throw new BrokenAnswer("a count came as a stream", null);
        }

        @Override
        public boolean ended() {
            return false;
        }
    }
}
