package dev.signalbox.dialect.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.dialect.Disclosure;
import dev.signalbox.dialect.Outbound;
import java.util.Set;

/**
 * Ollama's {@code /api/embed}. Texts that are too long are to be refused, and not cut, as the server would do unasked; a
 * default {@code truncate} changes that. As {@link OllamaDialect} it is spoken to upstreams only.
 */
public final class OllamaEmbeddings extends Outbound {

    /** Its name. */
    public static final String ID = "ollama-embeddings";

    /** Defaults that stand beside the options; all others are options. */
    private static final Set<String> BESIDE_OPTIONS = Set.of("keep_alive", "truncate", "dimensions", "options");

    /** Defaults for answers, at a provider that gives both. */
    private static final Set<String> OF_CHATS = Set.of(
            "max_tokens",
            "max_completion_tokens",
            "num_predict",
            "temperature",
            "top_p",
            "top_k",
            "seed",
            "stop",
            "frequency_penalty",
            "presence_penalty",
            "reasoning_effort",
            "think",
            "format",
            "shift",
            "logprobs",
            "top_logprobs");

    @Override
    public String id() {
        return ID;
    }

    @Override
    public Operation operation() {
        return Operation.EMBEDDINGS;
    }

    @Override
    public Encoded encode(Prompt prompt, Target target) {
        Disclosure disclosure = new Disclosure();
        ObjectNode body = Json.object().put("model", target.model());
        ArrayNode input = body.putArray("input");
        for (Message message : prompt.messages()) {
            for (Part part : message.parts()) {
                disclosure.cacheMark(part.cacheMark(), part.path(), OllamaDialect.NO_MARKS);
                if (part instanceof Part.Text text) {
                    input.add(text.text());
                } else {
                    disclosure.impossible(part.path(), "makes vectors of texts only");
                }
            }
        }
        for (Setting setting : Setting.values()) {
            Given given = prompt.setting(setting);
            if (given != null && !given.value().isNull()) {
                switch (setting) {
                    case DIMENSIONS -> body.set("dimensions", given.value());
                    case USER -> disclosure.hint(given.path(), "has no field for an end user");
                    case EMBEDDING_PURPOSE -> disclosure.unsaid(given.path(), "makes vectors for no special purpose");
                    default -> disclosure.unsaid(given.path(), "makes vectors, and answers nothing");
                }
            }
        }
        disclosure.leftovers(prompt);
        prompt.tools().forEach(tool -> disclosure.unsaid(tool.path(), "makes vectors, and calls nothing"));
        defaults(body, target);
        if (!body.has("truncate")) {
            body.put("truncate", false);
        }
        return new Encoded(body, disclosure.unsaid(), disclosure.emulated());
    }

    private static void defaults(ObjectNode body, Target target) {
        target.defaults().forEach((name, value) -> {
            JsonNode fallback = Json.mapper().valueToTree(value);
            if (BESIDE_OPTIONS.contains(name)) {
                if (!body.has(name)) {
                    body.set(name, fallback);
                }
            } else if (!OF_CHATS.contains(name)) {
                ObjectNode options =
                        body.get("options") instanceof ObjectNode there ? there : body.putObject("options");
                options.set(name, fallback);
            }
        });
    }

    @Override
    public AnswerDecoder decoder() {
        return new OllamaVectors();
    }

    @Override
    public UpstreamError readError(int status, byte[] body) {
        return OllamaErrors.read(status, body);
    }
}
