package dev.signalbox.api.gemini;

import com.fasterxml.jackson.core.JsonToken;
import dev.signalbox.api.Reading;
import dev.signalbox.api.gemini.Asked.Method;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Operation;
import io.smallrye.mutiny.Uni;
import io.vertx.core.MultiMap;

/**
 * Reads the bodies of one method. At the door its address names the model; where there is no address, {@code model} stands at
 * the top of the body.
 *
 * @param method which, and never one that streams: that is said by the address alone
 * @param dialect what is asked
 * @param member without which nothing is asked
 */
record GeminiReading(Method method, Dialect dialect, String member) implements Reading {

    private static final int LONGEST_MODEL = 512;

    @Override
    public Operation operation() {
        return dialect.operation();
    }

    @Override
    public Fit fit(MultiMap headers, Body body) {
        return body.member(member) == null ? Fit.NONE : Fit.CERTAIN;
    }

    @Override
    public Uni<Exchange> read(Exchange.Arrival arrival, MultiMap headers, Body body) {
        String model = body.string("model");
        if (model == null) {
            throw new InvalidRequest("'model' is required: add it at the top, where no address names it", "model");
        }
        Asked asked = Asked.of(model);
        return Uni.createFrom().item(exchange(arrival, body, dialect, asked == null ? model : asked.model(), method));
    }

    /** What the body asks of the model of that name. */
    static Exchange exchange(Exchange.Arrival arrival, Body body, Dialect dialect, String model, Method method) {
        if (model.isBlank()) {
            throw new InvalidRequest("the address names no model", "model");
        }
        if (model.length() > LONGEST_MODEL) {
            throw new InvalidRequest("the model's name is longer than " + LONGEST_MODEL + " characters", "model");
        }
        switch (method) {
            case GENERATE, STREAM -> requireList(body, "contents");
            case COUNT -> requireSomethingToCount(body);
            case EMBED -> requireContent(body);
            case EMBED_MANY -> requireList(body, "requests");
        }
        return new Exchange(
                arrival,
                dialect.id(),
                dialect.operation(),
                model,
                method == Method.STREAM,
                true,
                body,
                () -> dialect.decode(body),
                null);
    }

    private static void requireSomethingToCount(Body body) {
        if (!body.has("generateContentRequest") && !body.has("generate_content_request")) {
            requireList(body, "contents");
        }
    }

    private static void requireContent(Body body) {
        Body.Member content = body.member("content");
        if (content == null || content.type() != JsonToken.START_OBJECT) {
            throw new InvalidRequest("'content' must be an object with 'parts'", "content");
        }
        if (body.has("requests")) {
            throw new InvalidRequest("'requests' belongs to batchEmbedContents", "requests");
        }
    }

    private static void requireList(Body body, String name) {
        Body.Member list = body.member(name);
        if (list == null || list.type() != JsonToken.START_ARRAY) {
            throw new InvalidRequest("'" + name + "' must be a list", name);
        }
        for (int i = list.start() + 1; i < list.end(); i++) {
            byte b = body.bytes()[i];
            if (b == ']') {
                throw new InvalidRequest("'" + name + "' must not be empty", name);
            }
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return;
            }
        }
    }
}
