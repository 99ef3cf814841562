package dev.signalbox.api.gemini;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.api.Bodies;
import dev.signalbox.catalogue.Capabilities.Capability;
import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.catalogue.Offer;
import dev.signalbox.chat.Caller;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.keys.KeyRing;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The models that a caller may use, as Google lists its own.
 *
 * @see <a href="https://ai.google.dev/api/models">Models</a>
 */
@Singleton
public class GeminiModels {

    private static final int USUAL_PAGE = 50;
    private static final int LONGEST_PAGE = 1_000;
    private static final List<Asked.Method> TALKS =
            List.of(Asked.Method.GENERATE, Asked.Method.STREAM, Asked.Method.COUNT);
    private static final List<Asked.Method> EMBEDS = List.of(Asked.Method.EMBED, Asked.Method.EMBED_MANY);

    private final Catalogue catalogue;
    private final KeyRing keys;

    /** For CDI. */
    public GeminiModels(Catalogue catalogue, KeyRing keys) {
        this.catalogue = catalogue;
        this.keys = keys;
    }

    /** A page of them, from {@code pageToken} on. */
    Buffer list(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        Caller caller = keys.identify(GeminiDoor.credential(request));
        int size = number(request, "pageSize", USUAL_PAGE);
        int from = number(request, "pageToken", 0);
        int most = size == 0 ? USUAL_PAGE : Math.min(size, LONGEST_PAGE);
        List<Offer> all = catalogue.current().offers(caller);
        ObjectNode page = Json.object();
        ArrayNode listed = page.putArray("models");
        all.stream().skip(from).limit(most).forEach(offer -> listed.add(described(offer)));
        if (from + (long) most < all.size()) {
            page.put("nextPageToken", String.valueOf(from + most));
        }
        return Buffer.buffer(Json.bytes(page));
    }

    /** The page token is the number of models on the pages before. */
    private static int number(HttpServerRequest request, String name, int otherwise) {
        String given = Query.parameter(request, name);
        if (given == null) {
            return otherwise;
        }
        if (!given.matches("\\d{1,7}")) {
            throw new InvalidRequest("'" + name + "' is not one of this list", name);
        }
        return Integer.parseInt(given);
    }

    /** The one of that name. */
    Buffer one(RoutingContext ctx, String name) {
        Caller caller = keys.identify(GeminiDoor.credential(ctx.request()));
        Offer offer = catalogue.current().offer(caller, name);
        if (offer == null) {
            throw new SignalboxException(
                    404,
                    "model_not_found",
                    "there is no model '" + Bodies.shown(name) + "'; GET /v1beta/models lists them",
                    "model");
        }
        return Buffer.buffer(Json.bytes(described(offer)));
    }

    private static ObjectNode described(Offer offer) {
        ObjectNode described =
                Json.object().put("name", Asked.named(offer.name())).put("displayName", offer.name());
        if (offer.contextWindow() != null) {
            described.put("inputTokenLimit", offer.contextWindow());
        }
        if (offer.maxOutputTokens() != null) {
            described.put("outputTokenLimit", offer.maxOutputTokens());
        }
        if (offer.capabilities().can().contains(Capability.REASONING)) {
            described.put("thinking", true);
        }
        ArrayNode methods = described.putArray("supportedGenerationMethods");
        methods(offer.capabilities().serves()).forEach(method -> methods.add(method.word()));
        return described;
    }

    /** A model of which nothing is known is taken for one that talks, as most do. */
    private static List<Asked.Method> methods(@Nullable Operation serves) {
        return switch (serves) {
            case null -> TALKS;
            case CHAT, COUNT_TOKENS -> TALKS;
            case EMBEDDINGS -> EMBEDS;
            case TEXT_COMPLETION, MODERATION -> List.of();
        };
    }
}
