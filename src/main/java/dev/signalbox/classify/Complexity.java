package dev.signalbox.classify;

import java.util.List;

/** How much a request asks of a model. */
public enum Complexity {
    /** Few words, nothing to think about, little to read. */
    SIMPLE,
    /** Neither. */
    MEDIUM,
    /** Many words, or something to think about, or much to read. */
    COMPLEX;

    /**
     * Where the bounds are.
     *
     * @param simpleWords a simple request has fewer words in its last user message
     * @param complexWords a complex one has more
     * @param simpleContext a simple one has fewer characters in all its messages
     * @param complexContext a complex one has more
     * @param terms one of them in the last user message makes a request complex
     */
    public record Rules(int simpleWords, int complexWords, long simpleContext, long complexContext, Terms terms) {

        /** What asks for analysis. */
        public static final List<String> ANALYTICAL = List.of(
                "analy*",
                "compar*",
                "contrast",
                "explain*",
                "evaluat*",
                "assess*",
                "prove*",
                "proof",
                "derive*",
                "design*",
                "architect*",
                "debug*",
                "diagnos*",
                "optimi*",
                "refactor*",
                "critique",
                "investigat*",
                "reason about",
                "trade-off*",
                "tradeoff*",
                "pros and cons",
                "step by step",
                "why does",
                "root cause");

        /** The bounds unless others are configured. */
        public static final Rules DEFAULT = new Rules(10, 50, 1_000, 5_000, Terms.of(ANALYTICAL));

        /**
         * {@link #COMPLEX} when words &gt; {@code complexWords}, a term occurs, or context &gt; {@code complexContext}; else
         * {@link #SIMPLE} when words &lt; {@code simpleWords} and context &lt; {@code simpleContext}; else {@link #MEDIUM}.
         *
         * @param last the last user message
         * @param context characters of all messages
         */
        public Complexity of(Words last, long context) {
            if (last.count() > complexWords || context > complexContext || terms.anyIn(last)) {
                return COMPLEX;
            }
            return last.count() < simpleWords && context < simpleContext ? SIMPLE : MEDIUM;
        }
    }
}
