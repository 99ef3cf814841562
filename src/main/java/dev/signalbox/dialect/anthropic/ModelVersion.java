package dev.signalbox.dialect.anthropic;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a model knows and refuses, by the version in its name. A name that has none is taken for a model that knows output
 * formats and refuses nothing.
 *
 * @param version {@code 405} for 4.5; 0 when the name has none
 * @param opus whether it is of the line that was told efforts first
 * @see <a href="https://platform.claude.com/docs/en/build-with-claude/thinking">which model takes which thinking</a>
 * @see <a href="https://platform.claude.com/docs/en/build-with-claude/structured-outputs">which model takes formats</a>
 */
record ModelVersion(int version, boolean opus) {

    private static final Pattern VERSION =
            Pattern.compile("claude-(?:[a-z]+-)?(\\d{1,2})(?!\\d)(?:[-.](\\d{1,2})(?!\\d))?");

    /** A name of the fifth generation that has no number in it. */
    private static final String UNNUMBERED = "claude-mythos";

    static ModelVersion of(String model) {
        Matcher found = VERSION.matcher(model);
        if (!found.find()) {
            return new ModelVersion(model.contains(UNNUMBERED) ? 500 : 0, false);
        }
        int minor = found.group(2) == null ? 0 : Integer.parseInt(found.group(2));
        return new ModelVersion(100 * Integer.parseInt(found.group(1)) + minor, model.contains("opus"));
    }

    /** Whether an answer, and the arguments of a tool, can be held to a schema. */
    boolean takesSchemas() {
        return version == 0 || version >= 401;
    }

    /** Whether it takes a budget of tokens to think with. */
    boolean takesBudgets() {
        return version < 407;
    }

    /** Whether it can be told to think as it sees fit. */
    boolean adapts() {
        return version >= 406;
    }

    /** Whether it can be told an effort. */
    boolean takesEffort() {
        return version >= 406 || (version == 405 && opus);
    }

    /** Whether it takes {@code temperature}, {@code top_p} and {@code top_k}. */
    boolean takesSampling() {
        return version < 407;
    }

    /** Whether it thinks when nobody asks it to. */
    boolean thinksUnasked() {
        return version >= 500;
    }

    /** Whether it hides its thoughts unless it is asked to show them. */
    boolean hidesThoughts() {
        return version >= 407;
    }
}
