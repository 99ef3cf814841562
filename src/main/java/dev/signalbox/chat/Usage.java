package dev.signalbox.chat;

/**
 * Tokens of one answer in buckets that do not overlap, so that each is priced once at most: their sum is everything the vendor
 * counted.
 *
 * @param input prompt tokens that were neither read from nor written to a prompt cache
 * @param cacheRead prompt tokens read from the vendor's prompt cache
 * @param cacheWrite prompt tokens written to the vendor's prompt cache
 * @param output visible answer tokens
 * @param reasoning tokens the model spent thinking
 * @param cacheWriteHour how many of {@code cacheWrite} the vendor keeps for an hour, which some ask more for
 * @param unbilled prompt tokens that the model saw and the vendor asks nothing for, such as its own words before a prompt
 */
public record Usage(
        long input, long cacheRead, long cacheWrite, long output, long reasoning, long cacheWriteHour, long unbilled) {

    /** No tokens at all. */
    public static final Usage NONE = new Usage(0, 0, 0, 0, 0);

    /** Tokens of which none are kept longer than usual. */
    public Usage(long input, long cacheRead, long cacheWrite, long output, long reasoning) {
        this(input, cacheRead, cacheWrite, output, reasoning, 0);
    }

    /** Tokens of which all are billed. */
    public Usage(long input, long cacheRead, long cacheWrite, long output, long reasoning, long cacheWriteHour) {
        this(input, cacheRead, cacheWrite, output, reasoning, cacheWriteHour, 0);
    }

    public Usage {
        if (input < 0 || cacheRead < 0 || cacheWrite < 0 || output < 0 || reasoning < 0 || unbilled < 0) {
            throw new IllegalArgumentException("a token count is below zero");
        }
        if (cacheWriteHour < 0 || cacheWriteHour > cacheWrite) {
            throw new IllegalArgumentException("more is kept for an hour than was written");
        }
    }

    /** These tokens and others, bucket by bucket. */
    public Usage plus(Usage other) {
        return new Usage(
                Math.addExact(input, other.input),
                Math.addExact(cacheRead, other.cacheRead),
                Math.addExact(cacheWrite, other.cacheWrite),
                Math.addExact(output, other.output),
                Math.addExact(reasoning, other.reasoning),
                Math.addExact(cacheWriteHour, other.cacheWriteHour),
                Math.addExact(unbilled, other.unbilled));
    }

    /** All prompt tokens, cached or not, billed or not. */
    public long prompt() {
        return input + cacheRead + cacheWrite + unbilled;
    }

    /** All answer tokens, thinking included. */
    public long completion() {
        return output + reasoning;
    }

    /** The same where the model saw more of a prompt than is billed. */
    public Usage seen(long prompt) {
        return new Usage(
                input,
                cacheRead,
                cacheWrite,
                output,
                reasoning,
                cacheWriteHour,
                Math.max(unbilled, prompt - prompt() + unbilled));
    }

    /** Buckets of a vendor that counts cached tokens inside the prompt and thinking inside the completion. */
    public static Usage inclusive(long prompt, long cacheRead, long cacheWrite, long completion, long reasoning) {
        long read = between(cacheRead, prompt);
        long write = between(cacheWrite, prompt - read);
        long thought = between(reasoning, completion);
        return new Usage(Math.max(0, prompt - read - write), read, write, Math.max(0, completion - thought), thought);
    }

    private static long between(long value, long most) {
        return Math.max(0, Math.min(value, Math.max(0, most)));
    }
}
