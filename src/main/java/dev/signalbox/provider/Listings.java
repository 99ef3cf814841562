package dev.signalbox.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.upstream.Outgoing;
import dev.signalbox.upstream.Provider.Listing;
import dev.signalbox.upstream.WireModel.Answer;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes listings: GETs with the provider's credential, page after page. */
public final class Listings {

    private static final int MOST_PAGES = 20;

    private Listings() {}

    /**
     * How a vendor writes its list.
     *
     * @param list the member that holds it; empty: the answer itself is the list
     * @param id the member of a model that has its name
     * @param prefix what stands before the name there and is no part of it
     * @param next the member that says where the next page begins; empty: there is one page
     * @param parameter the query parameter that asks for that page
     */
    public record Shape(String list, String id, String prefix, String next, String parameter) {

        /** A list of one page. */
        public static Shape of(String list, String id) {
            return new Shape(list, id, "", "", "");
        }
    }

    /**
     * The listing of a provider.
     *
     * @param address the provider's
     * @param first the address of the first page
     * @param headers those that a credential makes, for the address of a page
     */
    public static Listing of(ProviderEntry provider, String address, String first, Shape shape, Headers headers) {
        ProbeApi api = RestClients.connect(ProbeApi.class, URI.create(address), provider);
        return credential -> page(api, first, first, shape, to -> headers.of(to, credential), new ArrayList<>(), 1);
    }

    /** The headers of a question. */
    @FunctionalInterface
    public interface Headers {
        /** Those for an address, with a credential. */
        Uni<Map<String, String>> of(URI address, String credential);
    }

    private static Uni<List<ObjectNode>> page(
            ProbeApi api,
            String first,
            String now,
            Shape shape,
            Function<URI, Uni<Map<String, String>>> headers,
            List<ObjectNode> models,
            int pages) {
        URI to = URI.create(now);
        return headers.apply(to)
                .chain(given -> api.get(to, new Outgoing(new byte[0], given, () -> {})))
                .chain(response -> {
                    JsonNode answer = json(RestClients.answer(response));
                    String next = collect(answer, shape, models);
                    return next == null || pages >= MOST_PAGES
                            ? Uni.createFrom().item(models)
                            : page(
                                    api,
                                    first,
                                    after(first, shape.parameter(), next),
                                    shape,
                                    headers,
                                    models,
                                    pages + 1);
                });
    }

    private static String after(String first, String parameter, String next) {
        return first
                + (first.indexOf('?') < 0 ? '?' : '&')
                + parameter
                + '='
                + URLEncoder.encode(next, StandardCharsets.UTF_8);
    }

    private static JsonNode json(Answer answer) {
        if (answer.status() / 100 != 2) {
            throw failed("the vendor answered with HTTP " + answer.status());
        }
        try {
            return Json.read(answer.body());
        } catch (IOException _) {
            throw failed("the vendor did not answer with JSON");
        }
    }

    /**
     * Collects the models of a page.
     *
     * @return where the next page begins; null: this is the last
     */
    static @Nullable String collect(JsonNode answer, Shape shape, List<ObjectNode> into) {
        JsonNode list = shape.list().isEmpty() || answer.isArray() ? answer : answer.path(shape.list());
        if (!list.isArray()) {
            throw failed("the vendor did not answer with a list of models");
        }
        for (JsonNode each : list) {
            String name = each.path(shape.id()).asText();
            if (each instanceof ObjectNode model && !name.isEmpty()) {
                ObjectNode told = Json.object()
                        .put(
                                "id",
                                name.startsWith(shape.prefix())
                                        ? name.substring(shape.prefix().length())
                                        : name);
                model.properties().forEach(member -> {
                    if (!member.getKey().equals("id")) {
                        told.set(member.getKey(), member.getValue());
                    }
                });
                into.add(told);
            }
        }
        boolean isLast = shape.next().isEmpty() || !answer.path("has_more").asBoolean(true);
        String next = isLast ? "" : answer.path(shape.next()).asText("");
        return next.isEmpty() ? null : next;
    }

    private static SignalboxException failed(String message) {
        return new SignalboxException(502, "upstream_error", message, null);
    }
}
