package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Forwarded;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Quota;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.Unstreamed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counting the tokens of a message before it is sent: the same request without what only an answer needs, and a number.
 *
 * @see <a href="https://platform.claude.com/docs/en/api/messages-count-tokens">Count tokens in a Message</a>
 */
public final class AnthropicCounting implements Dialect {

    /** Its name. */
    public static final String ID = "anthropic-count";

    /** More than any model answers with: a count has no limit of its own. */
    private static final int ANY = 1 << 24;

    /** What is counted; the rest of a request for a message is refused. */
    private static final Set<String> COUNTED =
            Set.of("model", "messages", "system", "tools", "tool_choice", "thinking", "output_config");

    private final AnthropicDialect messages = new AnthropicDialect();

    @Override
    public String id() {
        return ID;
    }

    @Override
    public Operation operation() {
        return Operation.COUNT_TOKENS;
    }

    @Override
    public void tell(Quota quota, BiConsumer<String, String> headers) {
        AnthropicQuota.tell(quota, headers);
    }

    @Override
    public Prompt decode(Body body) {
        return messages.decode(body);
    }

    /** Only the form of the answer is counted with the prompt; what else is set changes no count. */
    @Override
    public Encoded encode(Prompt prompt, Target target) {
        Map<Setting, Given> settings = new EnumMap<>(Setting.class);
        Given format = prompt.setting(Setting.RESPONSE_FORMAT);
        if (format != null) {
            settings.put(Setting.RESPONSE_FORMAT, format);
        }
        Encoded encoded = messages.encode(
                new Prompt(prompt.messages(), prompt.tools(), prompt.toolChoice(), settings, List.of()),
                new Target(target.model(), false, ANY, Map.of(), target.quirks(), target.fetched()));
        List<Unsaid> unsaid = new ArrayList<>(encoded.unsaid());
        for (Leftover leftover : prompt.leftovers()) {
            unsaid.add(Unsaid.hint(leftover.path(), "counts no such field"));
        }
        return new Encoded(encoded.body().retain(COUNTED), unsaid, encoded.emulated());
    }

    @Override
    public Forwarded forward(Body body, Target target) {
        return new Forwarded(AnthropicForwarding.count(body, target), Seal.foreign(body));
    }

    @Override
    public AnswerDecoder decoder() {
        return new Count(false);
    }

    @Override
    public AnswerDecoder passing(boolean usageWanted) {
        return new Count(true);
    }

    @Override
    public AnswerEncoder encoder(AnswerForm form) {
        return new Number(form);
    }

    @Override
    public List<Allowance> allowances() {
        return AnthropicErrors.ALLOWANCES;
    }

    @Override
    public UpstreamError readError(int status, byte[] body) {
        return messages.readError(status, body);
    }

    @Override
    public byte[] error(SignalboxException failure) {
        return messages.error(failure);
    }

    @Override
    public byte[] error(SignalboxException failure, @Nullable String requestId) {
        return messages.error(failure, requestId);
    }

    /** Reads a count. */
    private static final class Count implements AnswerDecoder {

        private final boolean passing;
        private boolean ended;

        Count(boolean passing) {
            this.passing = passing;
        }

        @Override
        public void answer(byte[] json, Consumer<ChatEvent> sink) {
            JsonNode counted = read(json);
            if (counted instanceof ObjectNode object && AnthropicAnswerDecoder.isError(object, null)) {
                throw AnthropicErrors.inAnswer(object);
            }
            JsonNode tokens = counted.path("input_tokens");
            if (!tokens.isIntegralNumber() || !tokens.canConvertToLong() || tokens.longValue() < 0) {
                throw new BrokenAnswer("the answer is not a count of tokens", null);
            }
            ended = true;
            sink.accept(
                    passing
                            ? new ChatEvent.Wire(null, json, true, Usage.NONE, null, 0, null, false)
                            : new ChatEvent.Counted(tokens.longValue(), false));
        }

        private static JsonNode read(byte[] json) {
            try {
                return Json.read(json);
            } catch (IOException e) {
                throw new BrokenAnswer("the answer is not JSON", null);
            }
        }

        @Override
        public void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
            throw new BrokenAnswer("a count came as a stream", null);
        }

        @Override
        public boolean ended() {
            return ended;
        }
    }

    /** Writes a count; whether it is an estimate is said in a header, since the language has no word for it. */
    private static final class Number extends Unstreamed {

        private final AnswerForm form;
        private long tokens;

        Number(AnswerForm form) {
            this.form = form;
        }

        @Override
        protected void take(ChatEvent event) {
            if (event instanceof ChatEvent.Counted counted) {
                tokens = counted.tokens();
            }
        }

        @Override
        protected ObjectNode written() {
            return Json.object().put("input_tokens", tokens);
        }

        @Override
        protected ObjectNode failed(SignalboxException failure) {
            return AnthropicErrors.body(failure, form.id());
        }
    }
}
