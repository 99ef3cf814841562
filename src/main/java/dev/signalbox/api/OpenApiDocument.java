package dev.signalbox.api;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/**
 * The OpenAPI 3.1 document of all operations at {@code /q/openapi}: YAML, or JSON for who accepts that rather, or says
 * {@code ?format=json} or {@code /q/openapi.json}. It is written when the classes are compiled, of META-INF/openapi.yaml and the
 * annotations of the admin API, and read when somebody asks for it.
 */
@Singleton
public class OpenApiDocument {

    private static final String PATH = "/q/openapi";
    private static final String JSON = "application/json";
    private static final String YAML = "application/yaml";

    void routes(@Observes Router router) {
        route(router, PATH + ".json", ctx -> answer(ctx, JSON));
        route(router, PATH + ".yaml", ctx -> answer(ctx, YAML));
        route(router, PATH + ".yml", ctx -> answer(ctx, YAML));
        route(router, PATH, OpenApiDocument::negotiate);
    }

    private static void route(Router router, String path, Handler<RoutingContext> handler) {
        for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.HEAD)) {
            router.route(method, path).produces(YAML).produces(JSON).handler(handler);
            router.route(method, path).handler(handler); // whatever else is accepted
        }
    }

    private static void negotiate(RoutingContext ctx) {
        String format = ctx.queryParams().get("format");
        if (format == null) {
            answer(ctx, JSON.equals(ctx.getAcceptableContentType()) ? JSON : YAML);
        } else {
            answer(ctx, format.equalsIgnoreCase("json") ? JSON : YAML);
        }
    }

    private static void answer(RoutingContext ctx, String type) {
        Buffer document = Buffer.buffer(read(type.equals(JSON) ? "openapi.json" : "openapi.yaml"));
        ctx.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, type + ";charset=UTF-8")
                .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(document.length())) // for HEAD as well
                .end(document);
    }

    private static byte[] read(String name) {
        try (InputStream document =
                Objects.requireNonNull(OpenApiDocument.class.getResourceAsStream(name), "the build writes " + name)) {
            return document.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
