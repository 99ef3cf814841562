package dev.signalbox.api;

import com.fasterxml.jackson.core.JsonToken;
import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.catalogue.ModelEntry;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.gateway.RequestReader;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** Reads requests of any language that came to no door, as if someone without a key had brought them to their own. */
@Singleton
public class Unaddressed implements RequestReader {

    private final Gate gate;
    private final Bodies bodies;
    private final Catalogue catalogue;
    private final Recognition recognition;

    /** For CDI. */
    public Unaddressed(Gate gate, Bodies bodies, Catalogue catalogue, @Any Instance<Reader> doors) {
        this.gate = gate;
        this.bodies = bodies;
        this.catalogue = catalogue;
        this.recognition = new Recognition(
                doors.stream().flatMap(door -> door.readings().stream()).toList());
    }

    @Override
    public Uni<Exchange> read(HttpServerRequest request) {
        Bodies.requireJson(request);
        Exchange.Arrival arrival = gate.anyone(request);
        return whole(request).chain(bytes -> {
            Body body = Body.parse(bytes);
            ModelEntry model = model(body);
            return recognition
                    .of(request.headers(), body, asked -> model != null && isForOtherThings(model, asked))
                    .read(arrival, request.headers(), body);
        });
    }

    private Uni<byte[]> whole(HttpServerRequest request) {
        return Uni.createFrom()
                .emitter(emitter -> bodies.read(request, new Bodies.Outcome() {
                    @Override
                    public void body(byte[] bytes) {
                        emitter.complete(bytes);
                    }

                    @Override
                    public void refused(SignalboxException why) {
                        emitter.fail(why);
                    }
                }));
    }

    private @Nullable ModelEntry model(Body body) {
        Body.Member model = body.member("model");
        String name = model == null || model.type() != JsonToken.VALUE_STRING ? null : body.string("model");
        return name == null ? null : catalogue.current().resolve(name);
    }

    private static boolean isForOtherThings(ModelEntry model, Operation asked) {
        return !model.deployments().isEmpty()
                && model.deployments().stream()
                        .allMatch(deployment -> deployment.capabilities().excludes(asked));
    }
}
