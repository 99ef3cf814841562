package dev.signalbox.api.gemini;

import dev.signalbox.api.Door;
import dev.signalbox.api.Doorplate;
import dev.signalbox.api.Gate;
import dev.signalbox.api.Reader;
import dev.signalbox.api.Reading;
import dev.signalbox.api.gemini.Asked.Method;
import dev.signalbox.chat.Dialect;
import dev.signalbox.dialect.gemini.GeminiCounting;
import dev.signalbox.dialect.gemini.GeminiDialect;
import dev.signalbox.dialect.gemini.GeminiEmbeddings;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1beta/models/...}, as Google's clients call it. Model, method, and whether to stream stand in the address; clients
 * that speak {@code v1} find all of it there too; the list of models by what Google's clients say of themselves, since
 * another door has one at the same place.
 */
@Singleton
public class GeminiDoor implements Doorplate, Reader {

    private static final int BEFORE_OTHERS = -1_001;
    private static final String BETA = "/v1beta/";
    private static final String STABLE = "/v1/";
    private static final String CLIENT = "x-goog-api-client";

    private final Dialect events = new GeminiDialect();
    private final Dialect bare = GeminiDialect.withoutComments();
    private final Dialect array = GeminiDialect.array();
    private final Dialect counting = new GeminiCounting();
    private final Dialect embeddings = new GeminiEmbeddings();
    private final Door door;
    private final GeminiModels models;

    /** For CDI. */
    public GeminiDoor(Door door, GeminiModels models) {
        this.door = door;
        this.models = models;
    }

    void routes(@Observes Router router) {
        router.route(BETA + "*").order(BEFORE_OTHERS).handler(ctx -> any(ctx, BETA));
        router.get(STABLE + "models").order(BEFORE_OTHERS).handler(this::models);
        router.get(STABLE + "models/*").order(BEFORE_OTHERS).handler(this::models);
        router.post(STABLE + "models/*").order(BEFORE_OTHERS).handler(this::stable);
        router.post(STABLE + "tunedModels/*").order(BEFORE_OTHERS).handler(this::stable);
    }

    @Override
    public boolean isFor(HttpServerRequest request) {
        String path = String.valueOf(request.path());
        if (path.startsWith(BETA) || path.equals("/v1beta")) {
            return true;
        }
        Asked asked = path.startsWith(STABLE) ? Asked.of(Query.path(request, STABLE)) : null;
        return (asked != null && asked.method() != null) || (path.startsWith(STABLE + "models") && isOfGoogle(request));
    }

    @Override
    public List<Reading> readings() {
        return List.of(
                new GeminiReading(Method.GENERATE, events, "contents"),
                new GeminiReading(Method.COUNT, counting, "generateContentRequest"),
                new GeminiReading(Method.EMBED, embeddings, "content"),
                new GeminiReading(Method.EMBED_MANY, embeddings, "requests"));
    }

    @Override
    public Dialect dialect() {
        return events;
    }

    private void models(RoutingContext ctx) {
        if (isOfGoogle(ctx.request())) {
            any(ctx, STABLE);
        } else {
            ctx.next();
        }
    }

    private static boolean isOfGoogle(HttpServerRequest request) {
        return request.getHeader(CLIENT) != null || request.getHeader("x-goog-api-key") != null;
    }

    private void any(RoutingContext ctx, String version) {
        String path = Query.path(ctx.request(), version);
        if (path.equals("models")) {
            door.plain(ctx, events, HttpMethod.GET, models::list);
            return;
        }
        Asked asked = Asked.of(path);
        if (asked == null || (asked.isUnknownMethod() && !ctx.request().method().equals(HttpMethod.GET))) {
            ctx.next();
        } else if (asked.method() == null) {
            door.plain(ctx, events, HttpMethod.GET, here -> models.one(here, asked.model()));
        } else {
            ask(ctx, asked.model(), asked.method());
        }
    }

    private void stable(RoutingContext ctx) {
        Asked asked = Asked.of(Query.path(ctx.request(), STABLE));
        if (asked == null || asked.method() == null) {
            ctx.next();
        } else {
            ask(ctx, asked.model(), asked.method());
        }
    }

    private void ask(RoutingContext ctx, String model, Method method) {
        HttpServerRequest request = ctx.request();
        String alt = Query.parameter(request, "alt") == null
                ? Query.parameter(request, "$alt")
                : Query.parameter(request, "alt");
        Dialect dialect = switch (method) {
            case GENERATE -> events;
            case STREAM -> "sse".equals(alt) ? readable(request) : array;
            case COUNT -> counting;
            case EMBED, EMBED_MANY -> embeddings;
        };
        door.chat(
                ctx,
                dialect,
                credential(request),
                (arrival, body) -> GeminiReading.exchange(arrival, body, dialect, model, method));
    }

    /**
     * Events as the caller can read them. To Google's own clients for Python, and to their older one for JavaScript, a comment is
     * broken data; the header is what all of Google's clients say of themselves.
     */
    private Dialect readable(HttpServerRequest request) {
        return request.getHeader(CLIENT) == null ? events : bare;
    }

    /** What a caller sent: Google's own header, a bearer token, or a parameter of the address. */
    static @Nullable String credential(HttpServerRequest request) {
        String key = request.getHeader("x-goog-api-key");
        if (key != null && !key.isBlank()) {
            return key.trim();
        }
        String bearer = Gate.bearer(request);
        return bearer == null ? Query.parameter(request, "key") : bearer;
    }
}
