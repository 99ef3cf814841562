package dev.signalbox.api;

import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.dialect.openai.OpenAiDialect;
import dev.signalbox.keys.KeyRing;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** What stands before and behind all doors: who may reach anything at all, and JSON errors where there is no door. */
@Singleton
public class Doors {

    private static final int BEFORE_EVERYTHING = -3_000;

    private final Gate gate;
    private final KeyRing keys;
    private final Dialect dialect = new OpenAiDialect();

    /** For CDI. */
    public Doors(Gate gate, KeyRing keys) {
        this.gate = gate;
        this.keys = keys;
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
        router.route("/v1/*").order(-900).handler(Doors::notFound);
        router.route().last().handler(Doors::notFound);
        router.errorHandler(404, Doors::notFound);
        router.errorHandler(400, Doors::malformed);
    }

    private void refuse(RoutingContext ctx, SignalboxException why) {
        Gate.stamp(ctx.request(), ctx.response());
        ctx.request().resume();
        ReplyWriter.refuse(ctx.response(), dialect, why);
    }

    private static void malformed(RoutingContext ctx) {
        Gate.stamp(ctx.request(), ctx.response());
        ctx.request().resume();
        ReplyWriter.refuse(
                ctx.response(),
                new OpenAiDialect(),
                new SignalboxException(400, "invalid_request", "the address is not well formed", null));
    }

    private static void notFound(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        Gate.stamp(request, ctx.response());
        request.resume();
        ReplyWriter.refuse(
                ctx.response(),
                new OpenAiDialect(),
                new SignalboxException(
                        404,
                        "not_found",
                        "there is nothing at " + request.method() + " " + Bodies.shown(request.uri()),
                        null));
    }
}
