package dev.signalbox.api;

import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.dialect.openai.OpenAiDialect;
import dev.signalbox.keys.KeyRing;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;

/** What stands before and behind all doors: who may reach anything at all, and JSON errors where there is no door. */
@Singleton
public class Doors {

    private static final int BEFORE_EVERYTHING = -3_000;

    private final Gate gate;
    private final KeyRing keys;
    private final Instance<Doorplate> plates;
    private final Dialect usual = new OpenAiDialect();

    /** For CDI. */
    public Doors(Gate gate, KeyRing keys, @Any Instance<Doorplate> plates) {
        this.gate = gate;
        this.keys = keys;
        this.plates = plates;
    }

    void routes(@Observes Router router) {
        if (keys.isOpen()) {
            router.route().order(BEFORE_EVERYTHING).handler(ctx -> {
                try {
                    gate.requireNoWebPage(ctx.request());
                } catch (SignalboxException e) {
                    refuse(ctx, e);
                    return;
                }
                ctx.next();
            });
        }
        router.route("/admin/*").order(BEFORE_EVERYTHING + 1).handler(ctx -> {
            try {
                keys.requireAdmin(Gate.bearer(ctx.request()));
            } catch (SignalboxException e) {
                refuse(ctx, e);
                return;
            }
            ctx.next();
        });
        router.route("/v1/*").order(-900).handler(this::notFound);
        router.route("/v1beta/*").order(-900).handler(this::notFound);
        router.route().last().handler(this::notFound);
        router.errorHandler(404, this::notFound);
        router.errorHandler(400, this::malformed);
    }

    private void refuse(RoutingContext ctx, SignalboxException why) {
        HttpServerRequest request = ctx.request();
        Gate.stamp(request, ctx.response());
        request.resume();
        Dialect dialect = plates.stream()
                .filter(plate -> plate.isFor(request))
                .findFirst()
                .map(Doorplate::dialect)
                .orElse(usual);
        ReplyWriter.refuse(ctx.response(), dialect, why);
    }

    private void malformed(RoutingContext ctx) {
        refuse(ctx, new SignalboxException(400, "invalid_request", "the address is not well formed", null));
    }

    /** Says that there is nothing, without the query: some callers send their key in it. */
    private void notFound(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        refuse(
                ctx,
                new SignalboxException(
                        404,
                        "not_found",
                        "there is nothing at " + request.method() + " " + Bodies.shown(String.valueOf(request.path())),
                        null));
    }
}
