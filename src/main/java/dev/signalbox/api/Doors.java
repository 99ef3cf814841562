package dev.signalbox.api;

import dev.signalbox.chat.SignalboxException;
import dev.signalbox.keys.KeyRing;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.regex.Pattern;

/** What stands before and behind all doors: who may reach anything at all, and JSON errors where there is no door. */
@Singleton
public class Doors {

    private static final int BEFORE_EVERYTHING = -3_000;

    /** The most bytes of a body for the admin API. */
    private static final long LARGEST = 1024 * 1024;

    private static final Pattern MEDIA_TYPE = Pattern.compile("[A-Za-z0-9!#$&^_.+*-]+/[A-Za-z0-9!#$&^_.+*-]+ *(;|$)");

    /** Reads the bodies of callers, as doors do. */
    private static final String EXPLAIN = "/admin/v1/explain";

    private final Gate gate;
    private final KeyRing keys;
    private final Entrance entrance;

    /** For CDI. */
    public Doors(Gate gate, KeyRing keys, Entrance entrance) {
        this.gate = gate;
        this.keys = keys;
        this.entrance = entrance;
    }

    void routes(@Observes Router router) {
        if (keys.isOpen()) {
            router.route().order(BEFORE_EVERYTHING).handler(ctx -> {
                try {
                    gate.requireNoWebPage(ctx.request());
                } catch (SignalboxException e) {
                    entrance.refuse(ctx, e);
                    return;
                }
                ctx.next();
            });
        }
        // not "/admin/*": a path parameter, as in /admin;a=b/v1, leads to the same resources
        router.route("/admin*").order(BEFORE_EVERYTHING + 1).handler(ctx -> {
            try {
                keys.requireAdmin(Gate.bearer(ctx.request()));
                requireReadable(ctx);
            } catch (SignalboxException e) {
                entrance.refuse(ctx, e);
                return;
            }
            ctx.next();
        });
        router.route("/v1/*").order(-900).handler(this::notFound);
        router.route("/v1beta/*").order(-900).handler(this::notFound);
        router.route().last().handler(this::notFound);
        router.errorHandler(404, this::notFound);
    }

    /** Nobody counts the bytes of what resources read whole, so that they must be told before; nor what type they are. */
    private static void requireReadable(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        String type = request.headers().get(HttpHeaders.CONTENT_TYPE);
        if (type != null && !MEDIA_TYPE.matcher(type).lookingAt()) {
            throw new SignalboxException(
                    415,
                    "unsupported_media_type",
                    "the body must be sent with 'content-type: application/json', not '" + Bodies.shown(type) + "'",
                    "content-type");
        }
        if (ctx.normalizedPath().equals(EXPLAIN)) {
            return;
        }
        String length = request.headers().get(HttpHeaders.CONTENT_LENGTH);
        if (length == null && request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
            throw new SignalboxException(
                    411, "invalid_request", "the admin API wants to know the content-length", "content-length");
        }
        // a length that is no number does not come so far
        if (length != null && Long.parseLong(length) > LARGEST) {
            throw new SignalboxException(
                    413, "request_too_large", "the body is larger than " + LARGEST + " bytes", null);
        }
    }

    /** Says that there is nothing, without the query: some callers send their key in it. */
    private void notFound(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        entrance.refuse(
                ctx,
                new SignalboxException(
                        404,
                        "not_found",
                        "there is nothing at " + request.method() + " " + Bodies.shown(String.valueOf(request.path())),
                        null));
    }
}
