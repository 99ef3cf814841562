package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Continued;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Forwarded;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.dialect.Failures;
import dev.signalbox.dialect.GoingOn;
import dev.signalbox.dialect.Rereading;
import java.util.List;

/** OpenAI's chat completions language. */
public final class OpenAiDialect implements Dialect {

    @Override
    public String id() {
        return "openai";
    }

    @Override
    public Prompt decode(Body body) {
        return new RequestDecoder(body.tree()).decode();
    }

    @Override
    public Encoded encode(Prompt prompt, Target target) {
        return new RequestEncoder(prompt, target).encode();
    }

    @Override
    public Forwarded forward(Body body, Target target) {
        return ForwardedRequest.of(body, target.withDefaults(name -> !name.equals("dimensions")));
    }

    @Override
    public AnswerDecoder decoder() {
        return new AnswerReader();
    }

    @Override
    public AnswerDecoder passing(boolean usageWanted) {
        return new PassingAnswer(usageWanted);
    }

    @Override
    public AnswerDecoder rereader() {
        return new Rereading(new AnswerReader(), new Plainness());
    }

    @Override
    public Body goOn(Body body, Continued wish) {
        ArrayNode more = Json.mapper().createArrayNode();
        if (!wish.said().isEmpty()) {
            more.addObject().put("role", "assistant").put("content", wish.said());
            more.addObject().put("role", "user").put("content", wish.wish());
        }
        return new GoingOn(body)
                .append("messages", more)
                .lower(List.of(ForwardedRequest.MAX_TOKENS, ForwardedRequest.MAX_COMPLETION_TOKENS), wish.outputLimit())
                .body();
    }

    @Override
    public AnswerEncoder encoder(AnswerForm form) {
        return new AnswerWriter(form);
    }

    @Override
    public UpstreamError readError(int status, byte[] body) {
        return UpstreamErrors.read(status, body);
    }

    @Override
    public byte[] error(SignalboxException failure) {
        return Failures.body(failure);
    }
}
