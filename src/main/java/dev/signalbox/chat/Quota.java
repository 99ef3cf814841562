package dev.signalbox.chat;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What is left to a caller of a minute: for requests and for tokens of the limit that binds, which is the one of which least is
 * left.
 *
 * @param time when that is so
 * @param requests null: their number is not limited
 * @param tokens null: their number is not limited
 */
public record Quota(
        Instant time, @Nullable Left requests, @Nullable Left tokens) {

    /**
     * What is left of one limit.
     *
     * @param limit how much there is in a minute
     * @param remaining how much of it is left, at least 0
     * @param reset how long until all of it is there again, if nobody uses any
     */
    public record Left(long limit, long remaining, Duration reset) {}

    /**
     * Says it in the headers that clients of OpenAI's language read, and those of others that have none of their own.
     *
     * @param headers takes a name and a value
     */
    void tell(BiConsumer<String, String> headers) {
        tell("requests", requests, headers);
        tell("tokens", tokens, headers);
    }

    private static void tell(String what, @Nullable Left left, BiConsumer<String, String> headers) {
        if (left != null) {
            headers.accept("x-ratelimit-limit-" + what, String.valueOf(left.limit()));
            headers.accept("x-ratelimit-remaining-" + what, String.valueOf(left.remaining()));
            headers.accept("x-ratelimit-reset-" + what, text(left.reset()));
        }
    }

    /** A duration such as {@code 6m0s}, {@code 1.5s} or {@code 20ms}; in milliseconds, and never shorter than it is. */
    static String text(Duration time) {
        long millis = Math.ceilDiv(time.toNanos(), 1_000_000L);
        if (millis <= 0) {
            return "0s";
        }
        if (millis < 1_000) {
            return millis + "ms";
        }
        var text = new StringBuilder(12);
        if (millis >= 60_000) {
            text.append(millis / 60_000).append('m');
        }
        text.append(millis / 1_000 % 60);
        long rest = millis % 1_000;
        if (rest > 0) {
            String digits = String.valueOf(1_000 + rest).substring(1);
            text.append('.').append(digits.replaceAll("0+$", ""));
        }
        return text.append('s').toString();
    }

    /** When all of it is there again, on the second, and never sooner than it is. */
    public static String at(Instant now, Duration reset) {
        Instant then = now.plus(reset);
        long second = then.getEpochSecond() + (then.getNano() > 0 ? 1 : 0);
        return Instant.ofEpochSecond(second).toString();
    }
}
