package dev.signalbox.api.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.api.Reading;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Operation;
import io.smallrye.mutiny.Uni;
import io.vertx.core.MultiMap;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests for messages. OpenAI's chats look much the same: who sends a version speaks this language, and so does a body
 * with something that the other has not; the rest means the same in both.
 */
final class AnthropicReading implements Reading {

    /** The header that has the version of the language. */
    static final String VERSION = "anthropic-version";

    private static final Pattern SENSIBLE = Pattern.compile("[A-Za-z0-9._-]{1,40}");
    private static final Set<String> OWN =
            Set.of("system", "stop_sequences", "mcp_servers", "context_management", "output_config");
    private static final Set<String> OWN_BLOCKS = Set.of(
            "document",
            "image",
            "mcp_tool_result",
            "mcp_tool_use",
            "redacted_thinking",
            "search_result",
            "server_tool_use",
            "tool_result",
            "tool_use");
    private static final Set<String> OWN_CHOICES = Set.of("any", "auto", "none", "tool");

    private final Dialect dialect;

    AnthropicReading(Dialect dialect) {
        this.dialect = dialect;
    }

    @Override
    public Operation operation() {
        return dialect.operation();
    }

    @Override
    public String member() {
        return "messages";
    }

    @Override
    public Fit fit(MultiMap headers, Body body) {
        if (body.member("messages") == null) {
            return Fit.NONE;
        }
        return headers.contains(VERSION) || isOwn(body) ? Fit.CERTAIN : Fit.POSSIBLE;
    }

    private static boolean isOwn(Body body) {
        if (OWN.stream().anyMatch(body::has)) {
            return true;
        }
        JsonNode tree = body.tree();
        if (tree.path("thinking").has("budget_tokens")
                || OWN_CHOICES.contains(tree.path("tool_choice").path("type").asText(""))) {
            return true;
        }
        for (JsonNode tool : tree.path("tools")) {
            if (tool.has("input_schema") || (tool.has("type") && tool.has("name"))) {
                return true;
            }
        }
        for (JsonNode message : tree.path("messages")) {
            for (JsonNode block : message.path("content")) {
                String type = block.path("type").asText();
                if (OWN_BLOCKS.contains(type) || (type.equals("thinking") && block.has("signature"))) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public Uni<Exchange> read(Exchange.Arrival arrival, MultiMap headers, Body body) {
        return Uni.createFrom().item(message(arrival, headers, body));
    }

    /** What the body asks of a model. */
    Exchange message(Exchange.Arrival arrival, MultiMap headers, Body body) {
        String model = AnthropicRequests.model(body);
        AnthropicRequests.requireMaxTokens(body);
        return exchange(arrival.in(version(headers)), dialect, model, body, body.bool("stream", false));
    }

    /** What the body asks to be counted. */
    static Exchange count(Exchange.Arrival arrival, MultiMap headers, Dialect counting, Body body) {
        return exchange(arrival.in(version(headers)), counting, AnthropicRequests.model(body), body, false);
    }

    private static Exchange exchange(
            Exchange.Arrival arrival, Dialect spoken, String model, Body body, boolean stream) {
        return new Exchange(
                arrival,
                spoken.id(),
                spoken.operation(),
                model,
                stream,
                true,
                body,
                () -> spoken.decode(body),
                AnthropicRequests.user(body));
    }

    private static @Nullable String version(MultiMap headers) {
        String version = headers.get(VERSION);
        return version != null && SENSIBLE.matcher(version).matches() ? version : null;
    }
}
