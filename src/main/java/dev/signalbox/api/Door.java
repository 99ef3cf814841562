package dev.signalbox.api;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.gateway.ChatGateway;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What every door does alike: credential, headers, body, exchange, answer; and refusals in the door's dialect. */
@Singleton
public class Door {

    private static final Logger LOG = Logger.getLogger(Door.class);

    private final Vertx vertx;
    private final Gate gate;
    private final Bodies bodies;
    private final ChatGateway gateway;
    private final OnDisconnect onDisconnect;

    /** For CDI. */
    public Door(Vertx vertx, Gate gate, Bodies bodies, ChatGateway gateway, ApiConfig config) {
        this.vertx = vertx;
        this.gate = gate;
        this.bodies = bodies;
        this.gateway = gateway;
        this.onDisconnect = OnDisconnect.parse(config.onDisconnect());
    }

    /**
     * Answers a chat.
     *
     * @param credential what the caller sent
     * @param reader makes the exchange of a body; its refusals name the field
     */
    public void chat(
            RoutingContext ctx,
            Dialect dialect,
            @Nullable String credential,
            BiFunction<Exchange.Arrival, Body, Exchange> reader) {
        long nanos = System.nanoTime();
        HttpServerRequest request = ctx.request();
        HttpServerResponse response = ctx.response();
        String id = Gate.stamp(request, response);
        Exchange.Arrival arrival;
        try {
            requireMethod(request, response, HttpMethod.POST);
            arrival = gate.admit(request, id, nanos, credential);
            Bodies.requireJson(request);
        } catch (SignalboxException e) {
            request.resume();
            ReplyWriter.refuse(response, dialect, e);
            return;
        }
        bodies.read(request, new Bodies.Outcome() {
            @Override
            public void body(byte[] bytes) {
                answer(arrival, bytes, dialect, reader, response);
            }

            @Override
            public void refused(SignalboxException why) {
                refuse(arrival, dialect, response, why);
            }
        });
    }

    private void answer(
            Exchange.Arrival arrival,
            byte[] bytes,
            Dialect dialect,
            BiFunction<Exchange.Arrival, Body, Exchange> reader,
            HttpServerResponse response) {
        Exchange exchange;
        try {
            exchange = reader.apply(arrival, Body.parse(bytes));
        } catch (SignalboxException e) {
            refuse(arrival, dialect, response, e);
            return;
        }
        var reply = new ReplyWriter(vertx, exchange, dialect, response);
        reply.onHangUp(() -> hungUp(exchange));
        Context loop = vertx.getOrCreateContext();
        gateway.chat(exchange, reply, action -> loop.runOnContext(_ -> action.run()));
    }

    private void hungUp(Exchange exchange) {
        exchange.callerLeft();
        long readOn = onDisconnect.readOn().toMillis();
        if (readOn <= 0 || !exchange.stream()) {
            exchange.cancellation().cancel();
        } else {
            vertx.setTimer(readOn, _ -> exchange.cancellation().cancel());
        }
    }

    /** Refuses a caller who was let in: that has a row in the ledger. */
    private void refuse(
            Exchange.Arrival arrival, Dialect dialect, HttpServerResponse response, SignalboxException why) {
        var exchange = new Exchange(
                arrival,
                dialect.id(),
                "",
                false,
                false,
                null,
                () -> {
                    throw why;
                },
                null);
        gateway.refuse(exchange, new ReplyWriter(vertx, exchange, dialect, response), why);
    }

    /**
     * Answers something small.
     *
     * @param answer makes the JSON; its refusals are told in the dialect
     */
    public void plain(RoutingContext ctx, Dialect dialect, HttpMethod method, Function<RoutingContext, Buffer> answer) {
        HttpServerRequest request = ctx.request();
        HttpServerResponse response = ctx.response();
        Gate.stamp(request, response);
        request.resume();
        Buffer body;
        try {
            requireMethod(request, response, method);
            gateway.requireOpen();
            body = answer.apply(ctx);
        } catch (SignalboxException e) {
            ReplyWriter.refuse(response, dialect, e);
            return;
        } catch (RuntimeException e) {
            LOG.errorf(e, "%s failed inside the gateway", request.path());
            ReplyWriter.refuse(
                    response, dialect, new SignalboxException(500, "internal_error", "the gateway failed", null));
            return;
        }
        response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(body);
    }

    private static void requireMethod(HttpServerRequest request, HttpServerResponse response, HttpMethod method) {
        if (!request.method().equals(method)) {
            response.putHeader("allow", method.name());
            throw new SignalboxException(
                    405, "method_not_allowed", request.path() + " takes " + method.name() + " only", null);
        }
    }
}
