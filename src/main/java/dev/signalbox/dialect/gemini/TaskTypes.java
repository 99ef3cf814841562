package dev.signalbox.dialect.gemini;

import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What vectors are for.
 *
 * @see <a href="https://ai.google.dev/api/embeddings#v1beta.TaskType">TaskType</a>
 */
final class TaskTypes {

    private static final Map<String, String> PURPOSES = Map.of(
            "RETRIEVAL_QUERY", "search_query",
            "RETRIEVAL_DOCUMENT", "search_document",
            "SEMANTIC_SIMILARITY", "similarity",
            "CLASSIFICATION", "classification",
            "CLUSTERING", "clustering",
            "QUESTION_ANSWERING", "question_answering",
            "FACT_VERIFICATION", "fact_verification",
            "CODE_RETRIEVAL_QUERY", "code_query");

    private static final Map<String, String> TYPES =
            PURPOSES.entrySet().stream().collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));

    private TaskTypes() {}

    /** The purpose; null for a type that is not known. */
    static @Nullable String purpose(String type) {
        return PURPOSES.get(type);
    }

    /** The type; null for a purpose that Gemini does not know. */
    static @Nullable String type(String purpose) {
        return TYPES.get(purpose);
    }
}
