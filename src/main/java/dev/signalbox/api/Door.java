package dev.signalbox.api;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.gateway.ChatGateway;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What every door does alike: credential, headers, body, exchange, answer; and refusals in the door's dialect. */
@Singleton
public class Door {

    private static final Logger LOG = Logger.getLogger(Door.class);
    private static final String JSON = "application/json";

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
     * A chat that goes on from earlier ones.
     *
     * @param exchange what is asked, with all that was said before
     * @param ending sees the answer before its end is sent; null when nobody wants to
     */
    public record Continued(Exchange exchange, @Nullable Ending ending) {}

    /** Sees an answer that is whole. */
    @FunctionalInterface
    public interface Ending {
        /**
         * The answer is whole, and its end is about to be sent.
         *
         * @return ends when that may happen
         */
        Uni<Void> before(Dialect.AnswerEncoder answer);
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
        open(ctx, dialect, credential, (arrival, bytes) -> answer(arrival, bytes, dialect, reader, ctx));
    }

    /**
     * Answers a chat for which something has to be looked up first.
     *
     * @param credential what the caller sent
     * @param reader makes the exchange of a body, later; its refusals name the field
     */
    public void continued(
            RoutingContext ctx,
            Dialect dialect,
            @Nullable String credential,
            BiFunction<Exchange.Arrival, Body, Uni<Continued>> reader) {
        HttpServerResponse response = ctx.response();
        open(ctx, dialect, credential, (arrival, bytes) -> {
            Context loop = vertx.getOrCreateContext();
            Uni.createFrom()
                    .deferred(() -> reader.apply(arrival, Body.parse(bytes)))
                    .subscribe()
                    .with(
                            read -> loop.runOnContext(_ -> answer(read.exchange(), dialect, response, read.ending())),
                            failure -> loop.runOnContext(
                                    _ -> refuse(arrival, dialect, response, told(ctx.request(), failure))));
        });
    }

    private void open(
            RoutingContext ctx,
            Dialect dialect,
            @Nullable String credential,
            BiConsumer<Exchange.Arrival, byte[]> whole) {
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
            Bodies.pass(request);
            ReplyWriter.refuse(response, dialect, e);
            return;
        }
        bodies.read(request, new Bodies.Outcome() {
            @Override
            public void body(byte[] bytes) {
                whole.accept(arrival, bytes);
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
            RoutingContext ctx) {
        HttpServerResponse response = ctx.response();
        Exchange exchange;
        try {
            exchange = reader.apply(arrival, Body.parse(bytes));
        } catch (RuntimeException e) {
            refuse(arrival, dialect, response, told(ctx.request(), e));
            return;
        }
        answer(exchange, dialect, response, null);
    }

    private void answer(Exchange exchange, Dialect dialect, HttpServerResponse response, @Nullable Ending ending) {
        var reply = new ReplyWriter(vertx, exchange, dialect, response, ending);
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
                dialect.operation(),
                "",
                false,
                false,
                null,
                () -> {
                    throw why;
                },
                null);
        gateway.refuse(exchange, new ReplyWriter(vertx, exchange, dialect, response, null), why);
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
        Bodies.pass(request);
        Buffer body;
        try {
            requireMethod(request, response, method);
            gateway.requireOpen();
            body = answer.apply(ctx);
        } catch (RuntimeException e) {
            ReplyWriter.refuse(response, dialect, told(request, e));
            return;
        }
        response.putHeader(HttpHeaders.CONTENT_TYPE, JSON).end(body);
    }

    /**
     * Answers something that has to be looked up.
     *
     * @param answers what makes the JSON, by method; their refusals are told in the dialect
     */
    public void lookedUp(
            RoutingContext ctx, Dialect dialect, Map<HttpMethod, Function<RoutingContext, Uni<Buffer>>> answers) {
        HttpServerRequest request = ctx.request();
        HttpServerResponse response = ctx.response();
        Gate.stamp(request, response);
        Bodies.pass(request);
        Context loop = vertx.getOrCreateContext();
        Uni.createFrom()
                .deferred(() -> {
                    Function<RoutingContext, Uni<Buffer>> answer = answers.get(request.method());
                    if (answer == null) {
                        throw wrongMethod(request, response, answers.keySet());
                    }
                    gateway.requireOpen();
                    return answer.apply(ctx);
                })
                .subscribe()
                .with(
                        body -> loop.runOnContext(_ -> response.putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                                .end(body)),
                        failure ->
                                loop.runOnContext(_ -> ReplyWriter.refuse(response, dialect, told(request, failure))));
    }

    private static SignalboxException told(HttpServerRequest request, Throwable failure) {
        if (failure instanceof SignalboxException known) {
            return known;
        }
        LOG.errorf(failure, "%s failed inside the gateway", Bodies.shown(String.valueOf(request.path())));
        return new SignalboxException(500, "internal_error", "the gateway failed", null);
    }

    private static void requireMethod(HttpServerRequest request, HttpServerResponse response, HttpMethod method) {
        if (!request.method().equals(method)) {
            throw wrongMethod(request, response, Set.of(method));
        }
    }

    private static SignalboxException wrongMethod(
            HttpServerRequest request, HttpServerResponse response, Set<HttpMethod> methods) {
        String names = methods.stream().map(HttpMethod::name).sorted().collect(Collectors.joining(", "));
        response.putHeader("allow", names);
        return new SignalboxException(
                405,
                "method_not_allowed",
                Bodies.shown(String.valueOf(request.path())) + " takes " + names + " only",
                null);
    }
}
