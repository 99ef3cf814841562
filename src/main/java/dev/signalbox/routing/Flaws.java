package dev.signalbox.routing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Setting;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What is wrong with an answer, for {@code quality-fallbacks}. A plain answer is held back until it is whole, so that any flaw
 * can send the request elsewhere; of a stream only what is known before its first token can, and that is {@link #EMPTY}.
 */
enum Flaws {
    /** No word and no call. */
    EMPTY,
    /** JSON was asked for, and this is none, or does not fit the schema. */
    INVALID_JSON,
    /** The model refused, or its vendor's policy ended the answer. */
    REFUSAL,
    /** The answer is not whole: a limit cut it. */
    TRUNCATED,
    /** The {@linkplain #score score} of words is below one half. */
    LOW_SCORE;

    private static final double LOW = 0.5;
    /** Longer texts do more than refuse. */
    private static final int LONGEST_REFUSAL = 400;
    /** Shorter texts have nothing to repeat. */
    private static final int FEWEST_WORDS = 24;

    private static final int PHRASE = 3;

    private static final List<String> REFUSALS = List.of(
            "i'm sorry, but i can",
            "i am sorry, but i can",
            "i'm sorry, i can",
            "sorry, but i can't",
            "sorry, i can't",
            "i can't help with",
            "i cannot help with",
            "i can't assist with",
            "i cannot assist with",
            "i'm unable to help",
            "i'm unable to assist",
            "i am unable to assist",
            "i'm not able to help with",
            "i can't comply with",
            "i cannot comply with",
            "i cannot fulfill",
            "i can't fulfill",
            "i must decline");

    /** As the configuration names it, such as {@code invalid-json}. */
    String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Whether the vendor's policy left nothing of an answer: some vendors say so with an answer that has an end and nothing else,
     * in place of an error.
     */
    static boolean isWithheld(Transcript answer) {
        FinishReason end = answer.finished();
        return (end == FinishReason.CONTENT_FILTER || end == FinishReason.REFUSAL)
                && answer.isReadable()
                && !answer.refused()
                && answer.calls().isEmpty()
                && answer.text().isBlank();
    }

    /**
     * Everything that is wrong with a whole answer; empty when nothing is, or when it is in no form that could be judged.
     *
     * @param asked what was asked
     * @param answer all of the answer
     */
    static Set<Flaws> of(Prompt asked, Transcript answer) {
        Set<Flaws> found = java.util.EnumSet.noneOf(Flaws.class);
        String text = answer.text();
        boolean acts = !answer.calls().isEmpty();
        FinishReason end = answer.finished();
        if (!answer.isReadable()) {
            return found;
        }
        if (answer.refused()
                || end == FinishReason.REFUSAL
                || end == FinishReason.CONTENT_FILTER
                || (!acts && isRefusal(text))) {
            found.add(REFUSAL);
        }
        if (end == FinishReason.LENGTH || end == FinishReason.CONTEXT_WINDOW) {
            found.add(TRUNCATED);
        }
        if (acts) {
            return found;
        }
        if (text.isBlank() && !answer.refused()) {
            found.add(EMPTY);
        }
        Given format = asked.setting(Setting.RESPONSE_FORMAT);
        boolean isJson = format != null && format.value().path("type").asText().startsWith("json");
        if (format != null && isJson && !isInForm(text, format.value())) {
            found.add(INVALID_JSON);
        }
        if (!isJson && score(text) < LOW) {
            found.add(LOW_SCORE);
        }
        return found;
    }

    private static boolean isInForm(String text, JsonNode format) {
        try {
            JsonNode read = Json.read(text);
            boolean any = !format.path("type").asText().equals("json_object") || read.isObject();
            return !read.isMissingNode() && any && SchemaFit.fits(read, format.path("schema"));
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static boolean isRefusal(String text) {
        String start = text.strip().toLowerCase(Locale.ROOT).replace('\u2019', '\'');
        return start.length() <= LONGEST_REFUSAL && REFUSALS.stream().anyMatch(start::startsWith);
    }

    /**
     * How good a text looks without anybody reading it, from 0 to 1: nothing for one without letters and digits, and for a
     * longer one the share of phrases of three words that are not said twice.
     */
    static double score(String text) {
        if (text.chars().noneMatch(Character::isLetterOrDigit)) {
            return 0;
        }
        List<String> words = new ArrayList<>(List.of(text.strip().split("\\s+")));
        if (words.size() < FEWEST_WORDS) {
            return 1;
        }
        Set<List<String>> phrases = new HashSet<>();
        int all = words.size() - PHRASE + 1;
        for (int i = 0; i < all; i++) {
            phrases.add(words.subList(i, i + PHRASE));
        }
        return (double) phrases.size() / all;
    }
}
