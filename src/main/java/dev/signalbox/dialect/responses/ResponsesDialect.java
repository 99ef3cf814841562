package dev.signalbox.dialect.responses;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.SignalboxException;
import java.util.List;

/**
 * OpenAI's Responses language. What it keeps between requests is kept by the gateway: a request comes here with the items of
 * the responses before it in its {@code input}, and goes on without {@code previous_response_id}.
 */
public final class ResponsesDialect implements Dialect {

    /** Its name. */
    public static final String ID = "responses";

    @Override
    public String id() {
        return ID;
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
    public byte[] forward(Body body, Target target) {
        return ForwardedRequest.of(body, target);
    }

    @Override
    public List<Encoded.Unsaid> unsaid(Body body, Target target) {
        return ForeignItems.unsaid(body);
    }

    @Override
    public AnswerDecoder decoder() {
        return new AnswerReader();
    }

    /** A response always says what it used. */
    @Override
    public AnswerDecoder passing(boolean usageWanted) {
        return new PassingAnswer();
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
