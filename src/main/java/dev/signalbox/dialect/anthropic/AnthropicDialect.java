package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Continued;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Forwarded;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Quota;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.dialect.GoingOn;
import dev.signalbox.dialect.Rereading;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Anthropic's Messages API. */
public final class AnthropicDialect implements Dialect {

    /** Its name. */
    public static final String ID = "anthropic";

    @Override
    public String id() {
        return ID;
    }

    @Override
    public void tell(Quota quota, BiConsumer<String, String> headers) {
        AnthropicQuota.tell(quota, headers);
    }

    @Override
    public Prompt decode(Body body) {
        return new AnthropicRequestDecoder(body.tree()).decode();
    }

    @Override
    public Encoded encode(Prompt prompt, Target target) {
        return new AnthropicRequestEncoder(prompt, target).encode();
    }

    @Override
    public Forwarded forward(Body body, Target target) {
        return new Forwarded(AnthropicForwarding.message(body, target), Seal.foreign(body));
    }

    @Override
    public AnswerDecoder decoder() {
        return new AnthropicAnswerDecoder();
    }

    /** Usage is part of every stream of this language, so nothing is ever taken out. */
    @Override
    public AnswerDecoder passing(boolean usageWanted) {
        return new AnthropicPassing();
    }

    @Override
    public AnswerDecoder rereader() {
        return new Rereading(new AnthropicAnswerDecoder(), new PlainBlocks());
    }

    @Override
    public Body goOn(Body body, Continued wish) {
        ArrayNode more = Json.mapper().createArrayNode();
        if (!wish.said().isBlank()) {
            more.addObject().put("role", "assistant").put("content", wish.said());
            more.addObject().put("role", "user").put("content", wish.wish());
        }
        return new GoingOn(body)
                .append("messages", more)
                .lower(List.of("max_tokens"), wish.outputLimit())
                .body();
    }

    @Override
    public AnswerEncoder encoder(AnswerForm form) {
        return new AnthropicAnswerEncoder(form);
    }

    @Override
    public List<Allowance> allowances() {
        return AnthropicErrors.ALLOWANCES;
    }

    @Override
    public UpstreamError readError(int status, byte[] body) {
        return AnthropicErrors.read(status, body);
    }

    @Override
    public byte[] error(SignalboxException failure) {
        return error(failure, null);
    }

    @Override
    public byte[] error(SignalboxException failure, @Nullable String requestId) {
        return Json.bytes(AnthropicErrors.body(failure, requestId));
    }
}
