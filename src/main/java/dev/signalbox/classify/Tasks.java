package dev.signalbox.classify;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which task a request is, told from the terms in its last user message. Tasks are named as providers' capabilities are. */
public final class Tasks {

    /** The terms of each task unless others are configured; of two tasks with as many terms the first is meant. */
    public static final Map<String, List<String>> TERMS = terms();

    private final Map<String, Terms> terms = new LinkedHashMap<>();

    /** Tasks with their terms, in the order in which they win ties. */
    public Tasks(Map<String, List<String>> terms) {
        terms.forEach((task, words) -> this.terms.put(task, Terms.of(words)));
    }

    private static Map<String, List<String>> terms() {
        Map<String, List<String>> terms = new LinkedHashMap<>();
        terms.put(
                "summarization",
                List.of("summar*", "tl dr", "tldr", "condense", "shorten", "recap", "key points", "in a nutshell"));
        terms.put("translation", List.of("translat*", "into english", "into german", "into french", "into spanish"));
        terms.put("extraction", List.of("extract*", "parse", "pull out", "find all", "list all", "named entit*"));
        terms.put(
                "classification",
                List.of("classif*", "categori*", "label*", "sentiment", "spam or", "which category", "is this a"));
        terms.put(
                "code",
                List.of(
                        "code",
                        "coding",
                        "function",
                        "program",
                        "programming",
                        "script",
                        "implement*",
                        "refactor*",
                        "debug*",
                        "bug",
                        "compile*",
                        "unit test*",
                        "regex",
                        "sql",
                        "python",
                        "java",
                        "javascript",
                        "typescript",
                        "rust",
                        "algorithm"));
        terms.put(
                "analysis",
                List.of("analy*", "compar*", "evaluat*", "assess*", "explain*", "investigat*", "pros and cons", "why"));
        terms.put(
                "generation",
                List.of("write", "generat*", "create", "compose", "draft", "story", "poem", "essay", "brainstorm"));
        return Collections.unmodifiableMap(terms);
    }

    /** The task with the most terms in the message; null when none has any. */
    public @Nullable String of(Words last) {
        String best = null;
        int most = 0;
        for (Map.Entry<String, Terms> task : terms.entrySet()) {
            int found = task.getValue().in(last);
            if (found > most) {
                most = found;
                best = task.getKey();
            }
        }
        return best;
    }
}
