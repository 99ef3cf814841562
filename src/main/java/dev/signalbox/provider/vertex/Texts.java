package dev.signalbox.provider.vertex;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Texts to turn into vectors, and what was said about them.
 *
 * @param purpose in Google's words; null when not said
 * @param dimensions the length of the vectors; null when not said
 * @param title of the one text; null when not said
 * @param unsaid everything else
 */
record Texts(
        List<Part.Text> texts,
        @Nullable String purpose,
        @Nullable JsonNode dimensions,
        @Nullable String title,
        List<Unsaid> unsaid) {

    private static final Map<String, String> PURPOSES = Map.of(
            "search_query", "RETRIEVAL_QUERY",
            "search_document", "RETRIEVAL_DOCUMENT",
            "classification", "CLASSIFICATION",
            "clustering", "CLUSTERING",
            "similarity", "SEMANTIC_SIMILARITY",
            "question_answering", "QUESTION_ANSWERING",
            "fact_verification", "FACT_VERIFICATION",
            "code_query", "CODE_RETRIEVAL_QUERY");

    /**
     * @param one whether the model takes one text in a request
     */
    static Texts of(Prompt prompt, Dialect.Target target, boolean one) {
        List<Part.Text> texts = new ArrayList<>();
        List<Unsaid> unsaid = new ArrayList<>();
        for (Message message : prompt.messages()) {
            for (Part part : message.parts()) {
                if (!(part instanceof Part.Text text)) {
                    unsaid.add(new Unsaid(part.path(), "embeds texts only", true));
                } else if (one && !texts.isEmpty()) {
                    unsaid.add(new Unsaid(part.path(), "embeds one text in a request", true));
                } else {
                    texts.add(text);
                }
            }
        }
        String purpose = null;
        JsonNode dimensions = target.defaults().get("dimensions") instanceof JsonNode usual && usual.isIntegralNumber()
                ? usual
                : null;
        for (Map.Entry<Setting, Given> setting : prompt.settings().entrySet()) {
            Given given = setting.getValue();
            switch (setting.getKey()) {
                case DIMENSIONS -> dimensions = given.value();
                case EMBEDDING_PURPOSE -> {
                    purpose = PURPOSES.get(given.value().asText());
                    if (purpose == null) {
                        unsaid.add(new Unsaid(given.path(), "has no word for that purpose"));
                    }
                }
                case USER -> unsaid.add(Unsaid.hint(given.path(), "has no field for an end user"));
                default -> unsaid.add(new Unsaid(given.path(), "has no such setting"));
            }
        }
        String title = null;
        for (Leftover leftover : prompt.leftovers()) {
            boolean isTitle = leftover.path().equals("title") || leftover.path().endsWith(".title");
            if (isTitle && texts.size() == 1 && leftover.value().isTextual()) {
                title = leftover.value().asText();
            } else {
                unsaid.add(new Unsaid(leftover.path(), "has no field for it"));
            }
        }
        return new Texts(texts, purpose, dimensions, title, unsaid);
    }
}
