package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.core.JsonToken;
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
    public Forwarded forward(Body body, Target target) {
        return new Forwarded(ForwardedRequest.of(body, target), ForeignItems.unsaid(body));
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
    public AnswerDecoder rereader() {
        return new Rereading(new AnswerReader(), new PlainItems());
    }

    @Override
    public Body goOn(Body body, Continued wish) {
        GoingOn asked = new GoingOn(body).lower(List.of("max_output_tokens"), wish.outputLimit());
        if (wish.said().isEmpty()) {
            return asked.body();
        }
        ArrayNode more = Json.mapper().createArrayNode();
        Body.Member input = body.member("input");
        boolean words = input != null && input.type() == JsonToken.VALUE_STRING;
        if (words) {
            more.addObject().put("role", "user").put("content", body.string("input"));
        }
        more.addObject().put("role", "assistant").put("content", wish.said());
        more.addObject().put("role", "user").put("content", wish.wish());
        return words
                ? asked.put("input", Json.bytes(more)).body()
                : asked.append("input", more).body();
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
