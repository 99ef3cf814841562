package dev.signalbox.api.openai;

import dev.signalbox.api.Reading;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Operation;
import dev.signalbox.upstream.Fleet;
import io.smallrye.mutiny.Uni;
import io.vertx.core.MultiMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads the bodies of one of this door's operations.
 *
 * @param fleet knows a model for callers who name none
 * @param dialect what is asked
 * @param member without which nothing is asked
 * @param shape refuses what cannot be asked
 * @param likeness how well a body fits
 */
record OpenAiReading(Fleet fleet, Dialect dialect, String member, Consumer<Body> shape, Function<Body, Fit> likeness)
        implements Reading {

    private static final int LONGEST_MODEL = 512;

    @Override
    public Operation operation() {
        return dialect.operation();
    }

    @Override
    public Fit fit(MultiMap headers, Body body) {
        return likeness.apply(body);
    }

    @Override
    public Uni<Exchange> read(Exchange.Arrival arrival, MultiMap headers, Body body) {
        return Uni.createFrom().item(exchange(arrival, body));
    }

    /** What the body asks; refuses what cannot be asked. */
    Exchange exchange(Exchange.Arrival arrival, Body body) {
        String model = model(body);
        shape.accept(body);
        boolean streams = operation().isTalk();
        return new Exchange(
                arrival,
                dialect.id(),
                operation(),
                model,
                streams && body.bool("stream", false),
                streams && RequestShape.usageWanted(body),
                body,
                () -> dialect.decode(body),
                body.string("user"));
    }

    private String model(Body body) {
        String model = body.string("model");
        if (model == null && operation() == Operation.MODERATION) {
            model = fleet.usualModel(operation());
        }
        if (model == null || model.isBlank()) {
            throw new InvalidRequest(
                    operation() == Operation.MODERATION
                            ? "'model' is required: no provider has a model for this"
                            : "'model' is required",
                    "model");
        }
        if (model.length() > LONGEST_MODEL) {
            throw new InvalidRequest("'model' is longer than " + LONGEST_MODEL + " characters", "model");
        }
        return model;
    }
}
