package dev.signalbox.dialect.cohere;

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
 * Cohere's {@code /v2/embed}. Its models want to know what vectors are for: callers who do not say get those of documents,
 * which is disclosed; a default {@code input_type} changes that. Texts that are too long are to be refused, and not cut, as
 * the vendor would do unasked; a default {@code truncate} changes that. As {@link CohereDialect} it is spoken to upstreams
 * only.
 */
public final class CohereEmbeddings extends Outbound {

    /** Its name. */
    public static final String ID = "cohere-embeddings";

    private static final int MOST_TEXTS = 96;
    private static final String PURPOSE = "input_type";

    /** Defaults that mean something here; others are for answers, at a provider that gives both. */
    private static final Set<String> DEFAULTS = Set.of(PURPOSE, "output_dimension", "truncate", "priority");

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
        texts(prompt, body.putArray("texts"), disclosure);
        for (Setting setting : Setting.values()) {
            Given given = prompt.setting(setting);
            if (given != null && !given.value().isNull()) {
                switch (setting) {
                    case DIMENSIONS -> body.set("output_dimension", given.value());
                    case EMBEDDING_PURPOSE -> purpose(given, body, disclosure);
                    case USER -> disclosure.hint(given.path(), "has no field for an end user");
                    default -> disclosure.unsaid(given.path(), "makes vectors, and answers nothing");
                }
            }
        }
        disclosure.leftovers(prompt);
        prompt.tools().forEach(tool -> disclosure.unsaid(tool.path(), "makes vectors, and calls nothing"));
        target.defaults().forEach((name, value) -> {
            if (DEFAULTS.contains(name) && !body.has(name)) {
                body.set(name, Json.mapper().<JsonNode>valueToTree(value));
            }
        });
        if (!body.has(PURPOSE)) {
            body.put(PURPOSE, "search_document");
            disclosure.emulated(PURPOSE);
        }
        if (!body.has("truncate")) {
            body.put("truncate", "NONE");
        }
        body.putArray("embedding_types").add("float");
        String model = target.model();
        return new Encoded(body, disclosure.unsaid(), disclosure.emulated(), () -> new CohereVectors(model));
    }

    private static void texts(Prompt prompt, ArrayNode texts, Disclosure disclosure) {
        for (Message message : prompt.messages()) {
            for (Part part : message.parts()) {
                disclosure.cacheMark(part.cacheMark(), part.path(), CohereDialect.NO_MARKS);
                if (!(part instanceof Part.Text text)) {
                    disclosure.impossible(part.path(), "makes vectors of texts only");
                } else if (texts.size() < MOST_TEXTS) {
                    texts.add(text.text());
                } else {
                    disclosure.impossible(part.path(), "takes " + MOST_TEXTS + " texts at most");
                }
            }
        }
    }

    private static void purpose(Given given, ObjectNode body, Disclosure disclosure) {
        String purpose = given.value().asText();
        String said = switch (purpose) {
            case "search_query", "search_document", "classification", "clustering" -> purpose;
            case "question_answering", "fact_verification", "code_query" -> "search_query";
            case "similarity" -> "clustering";
            default -> null;
        };
        if (said == null) {
            disclosure.unsaid(given.path(), "knows no such purpose of vectors");
            return;
        }
        body.put(PURPOSE, said);
        if (!said.equals(purpose)) {
            disclosure.emulated(given.path());
        }
    }

    @Override
    public AnswerDecoder decoder() {
        return new CohereVectors("");
    }

    @Override
    public UpstreamError readError(int status, byte[] body) {
        return CohereErrors.read(status, body);
    }
}
