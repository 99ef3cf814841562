package dev.signalbox.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.FakeVendor.Received;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/** One fake that speaks every wire, each at its own address, and one provider for each of them. */
final class EveryVendor {

    /** The provider of each wire, by kind. */
    private static final Map<String, String> PROVIDERS = new TreeMap<>(Map.of(
            "chat", "openai-compatible",
            "responding", "openai",
            "claude", "anthropic",
            "gem", "gemini",
            "rock", "bedrock",
            "coh", "cohere",
            "oll", "ollama"));

    /** A model at each provider, and at the simulator. */
    static final List<String> MODELS = List.of(
            "simulator/x",
            "chat/m",
            "responding/gpt-x",
            "claude/claude-sonnet-4-5",
            "gem/m",
            "rock/m",
            "coh/m",
            "oll/m");

    private EveryVendor() {}

    /** The gateway with all of them. */
    static Gateway behind(Gateway gateway, FakeVendor vendor) {
        PROVIDERS.forEach((name, kind) -> {
            String at = "signalbox.providers." + name;
            gateway.and(at + ".kind", kind)
                    .and(at + ".base-url", kind.startsWith("openai") ? vendor.url() : vendor.root())
                    .and(at + ".max-retries", "0")
                    // the circuit is not what is tested
                    .and(at + ".circuit.volume", "1000000");
            if (kind.equals("bedrock")) {
                gateway.and(at + ".region", "eu-central-1")
                        .and(at + ".credentials", "{\"accessKeyId\":\"AKID\",\"secretAccessKey\":\"secret\"}");
            } else {
                gateway.and(at + ".api-keys[0]", "key-of-" + name);
            }
        });
        return gateway.and("signalbox.providers.simulator.kind", "simulator");
    }

    /** Every wire as its vendor speaks it. */
    static Answer sound() {
        return answering((_, events) -> events, UnaryOperator.identity());
    }

    /**
     * Every wire, but not as its vendor speaks it.
     *
     * @param events makes something else of the events of a stream, each of them a packet
     * @param plain makes something else of a whole answer
     */
    static Answer answering(BiFunction<Received, List<byte[]>, List<byte[]>> events, UnaryOperator<byte[]> plain) {
        return (request, wire) -> {
            String path = request.path();
            if (path.contains(":streamGenerateContent")) {
                stream(wire, "text/event-stream", events.apply(request, utf8(GeminiAnswers.stream("hello to you"))));
            } else if (path.contains("/converse-stream")) {
                stream(
                        wire,
                        "application/vnd.amazon.eventstream",
                        events.apply(request, BedrockAnswers.stream("hello to you")));
            } else if (path.endsWith("/api/chat")
                    && !request.json().path("stream").equals(Shapes.json("false"))) {
                stream(wire, "application/x-ndjson", events.apply(request, utf8(OLLAMA)));
            } else if (request.json().path("stream").asBoolean(false)) {
                stream(wire, "text/event-stream", events.apply(request, utf8(streamed(path))));
            } else {
                plain(wire, plain.apply(whole(request).getBytes(UTF_8)));
            }
        };
    }

    private static final String USAGE =
            "{\"billed_units\":{\"input_tokens\":5,\"output_tokens\":2},\"tokens\":{\"input_tokens\":71,\"output_tokens\":2}}";

    private static final List<String> COHERE = List.of(
            cohere("message-start", ",\"id\":\"29f1\",\"delta\":{\"message\":{\"role\":\"assistant\"}}"),
            cohere(
                    "content-start",
                    ",\"index\":0,\"delta\":{\"message\":{\"content\":{\"type\":\"text\",\"text\":\"\"}}}"),
            cohere("content-delta", ",\"index\":0,\"delta\":{\"message\":{\"content\":{\"text\":\"hello \"}}}"),
            cohere("content-delta", ",\"index\":0,\"delta\":{\"message\":{\"content\":{\"text\":\"you\"}}}"),
            cohere("content-end", ",\"index\":0"),
            cohere("message-end", ",\"delta\":{\"finish_reason\":\"COMPLETE\",\"usage\":" + USAGE + "}"));

    private static String cohere(String type, String more) {
        return "event: %1$s\ndata: {\"type\":\"%1$s\"%2$s}\n\n".formatted(type, more);
    }

    private static final String OLLAMA_END =
            "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done_reason\":\"stop\",\"done\":true,\"prompt_eval_count\":26,\"eval_count\":4}";

    private static final List<String> OLLAMA = List.of(
            "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"hello \"},\"done\":false}\n",
            "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"you\"},\"done\":false}\n",
            OLLAMA_END + "\n");

    private static List<String> streamed(String path) {
        if (path.endsWith("/responses")) {
            return ResponsesAnswers.stream("hello to you");
        }
        if (path.endsWith("/messages")) {
            return AnthropicAnswers.stream("hello to you");
        }
        return path.endsWith("/v2/chat") ? COHERE : OpenAiAnswers.stream("hello to you");
    }

    private static String whole(Received request) {
        String path = request.path();
        if (path.endsWith("/responses")) {
            return ResponsesAnswers.response(
                    "resp_1",
                    "completed",
                    ResponsesAnswers.REASONING + "," + ResponsesAnswers.message("hello"),
                    ResponsesAnswers.USAGE);
        }
        if (path.endsWith("/messages")) {
            return AnthropicAnswers.message(AnthropicAnswers.text("hello"), "end_turn");
        }
        if (path.endsWith("/count_tokens")) {
            return "{\"input_tokens\":12}";
        }
        if (path.endsWith("/v2/chat")) {
            return "{\"id\":\"2\",\"finish_reason\":\"COMPLETE\",\"message\":{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"hello\"}]},\"usage\":"
                    + USAGE + "}";
        }
        if (path.endsWith("/api/chat")) {
            return OLLAMA_END.replace("\"content\":\"\"", "\"content\":\"hello\"");
        }
        if (path.endsWith("/converse")) {
            return BedrockAnswers.message("{\"text\":\"hello\"}", "end_turn");
        }
        if (path.endsWith(":generateContent")) {
            return GeminiAnswers.plain("hello");
        }
        if (path.endsWith(":countTokens")) {
            return "{\"totalTokens\":31}";
        }
        return path.contains("mbed") || path.endsWith("/invoke") || path.endsWith("/moderations")
                ? listed(path, request.json())
                : OpenAiAnswers.plain("hello");
    }

    /** As many vectors or verdicts as were asked for. */
    private static String listed(String path, JsonNode asked) {
        if (path.endsWith(":embedContent")) {
            return "{\"embedding\":{\"values\":[0.25,-0.5]}}";
        }
        if (path.endsWith(":batchEmbedContents")) {
            return "{\"embeddings\":[" + many(asked.path("requests"), "{\"values\":[0.25,-0.5]}") + "]}";
        }
        if (path.endsWith("/v2/embed")) {
            JsonNode inputs = asked.has("texts") ? asked.path("texts") : asked.path("inputs");
            return "{\"id\":\"1\",\"embeddings\":{\"float\":[" + many(inputs, "[0.25,-0.5]")
                    + "]},\"meta\":{\"billed_units\":{\"input_tokens\":2}}}";
        }
        if (path.endsWith("/api/embed")) {
            return "{\"model\":\"m\",\"embeddings\":[" + many(asked.path("input"), "[0.25,-0.5]")
                    + "],\"prompt_eval_count\":2}";
        }
        if (path.endsWith("/invoke")) {
            return "{\"embedding\":[0.25,-0.5],\"inputTextTokenCount\":2}";
        }
        if (path.endsWith("/moderations")) {
            return "{\"id\":\"1\",\"model\":\"m\",\"results\":["
                    + many(asked.path("input"), "{\"flagged\":false,\"categories\":{},\"category_scores\":{}}") + "]}";
        }
        return "{\"object\":\"list\",\"model\":\"m\",\"data\":["
                + many(asked.path("input"), "{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.25,-0.5]}")
                + "],\"usage\":{\"prompt_tokens\":2,\"total_tokens\":2}}";
    }

    private static String many(JsonNode asked, String one) {
        boolean single = !asked.isArray() || (asked.size() > 0 && asked.path(0).isNumber());
        return String.join(",", java.util.Collections.nCopies(single ? 1 : asked.size(), one));
    }

    private static List<byte[]> utf8(List<String> texts) {
        List<byte[]> bytes = new ArrayList<>();
        texts.forEach(text -> bytes.add(text.getBytes(UTF_8)));
        return bytes;
    }

    private static void plain(Wire wire, byte[] body) throws IOException {
        wire.write(("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: " + body.length + "\r\n\r\n")
                .getBytes(ISO_8859_1));
        wire.write(body);
    }

    private static void stream(Wire wire, String type, List<byte[]> events) throws IOException {
        wire.write(("HTTP/1.1 200 OK\r\ncontent-type: " + type + "\r\ntransfer-encoding: chunked\r\n\r\n")
                .getBytes(ISO_8859_1));
        for (byte[] event : events) {
            if (event.length > 0) {
                wire.write(Spoil.joined(
                        (Integer.toHexString(event.length) + "\r\n").getBytes(ISO_8859_1), event, new byte[] {'\r', '\n'
                        }));
            }
        }
        wire.end();
    }
}
