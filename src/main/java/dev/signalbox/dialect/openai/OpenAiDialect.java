package dev.signalbox.dialect.openai;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.SignalboxException;
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
    public byte[] forward(Body body, Target target) {
        return ForwardedRequest.of(body, target.withDefaults(name -> !name.equals("dimensions")));
    }

    @Override
    public List<Encoded.Unsaid> unsaid(Body body, Target target) {
        return ForwardedRequest.unsaid(body, target);
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
