package dev.signalbox.dialect.bedrock;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What models of one family can be told beside what all can.
 *
 * @param thinking how they are told to think
 * @param topK where in the additional fields the number of candidates for a token stands, such as {@code
 *     inferenceConfig.topK}; null when they know none
 * @param moreFields settings of the caller that are additional fields of the same name
 * @param schemas whether answers and arguments of tools can be held to a schema
 * @param forcedTools whether a call of a tool can be demanded
 * @param oneTool whether they can be told to call one tool at a time
 * @param cachePoints what may be marked for the prompt cache: {@code system}, {@code messages}, {@code tools}
 * @param longCache whether a mark may be for an hour
 * @param prefill whether they go on with words that are put into their mouth
 * @param toolStatus whether they can be told that a tool failed
 * @param sound whether they listen
 * @param stopSequence where an answer's additional fields say which stop sequence was met, as a JSON pointer; null when
 *     nowhere
 * @param counting whether their tokens can be counted without an answer
 */
record Family(
        Thinking thinking,
        @Nullable String topK,
        Set<String> moreFields,
        boolean schemas,
        boolean forcedTools,
        boolean oneTool,
        Set<String> cachePoints,
        boolean longCache,
        boolean prefill,
        boolean toolStatus,
        boolean sound,
        @Nullable String stopSequence,
        boolean counting) {

    Family {
        moreFields = Set.copyOf(moreFields);
        cachePoints = Set.copyOf(cachePoints);
    }

    /** How models are told to think. */
    enum Thinking {
        /** Not at all: they do, or they do not. */
        NONE,
        /** By a budget of tokens. */
        BUDGET,
        /** By an effort; a budget is understood too. */
        EFFORT_OR_BUDGET,
        /** By an effort, and in no other way. */
        EFFORT,
        /** By the additional field {@code reasoning_effort}. */
        LEVEL,
        /** By the additional field {@code reasoningConfig}. */
        CONFIG
    }
}
