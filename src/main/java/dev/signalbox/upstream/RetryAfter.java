package dev.signalbox.upstream;

import dev.signalbox.chat.Dialect.Allowance;
import dev.signalbox.chat.Dialect.UpstreamError;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * When an upstream wants to be asked again, in all the ways in which upstreams say it. What is said in so many words goes before
 * what follows from limits, and this before what stands in a message; nonsense says nothing, and nothing is longer than a day.
 */
final class RetryAfter {

    private static final Duration LONGEST = Duration.ofHours(24);

    /** Headers that are looked at before the standard one, since they are more exact. */
    private static final List<String> IN_MILLISECONDS = List.of("retry-after-ms", "x-ms-retry-after-ms");

    /** From here on a number of seconds is a time since 1970, and no length of time. */
    private static final BigDecimal EPOCH_SECONDS = new BigDecimal("1000000000");

    private static final BigDecimal EPOCH_MILLIS = new BigDecimal("100000000000");
    private static final int LONGEST_VALUE = 64;
    private static final int LONGEST_MESSAGE = 4_000;

    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,20}(?:\\.\\d{1,20})?");
    private static final String LENGTH = "(\\d{1,9}(?:\\.\\d{1,9})?) ?"
            + "(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![a-z])";
    private static final Pattern ONE_LENGTH = Pattern.compile(LENGTH);
    private static final Pattern LENGTHS = Pattern.compile("(?:" + LENGTH + "[ ,]{0,2})+");
    private static final Pattern IN_WORDS =
            Pattern.compile("(?:again|retry|wait)(?: in| after| for| at least)? ~?((?:" + LENGTH + "[ ,]{0,2})+)");

    private static final DateTimeFormatter RFC_850 = new DateTimeFormatterBuilder()
            .appendPattern("d-MMM-")
            .appendValueReduced(ChronoField.YEAR, 2, 2, 2000)
            .appendPattern(" H:mm:ss 'GMT'")
            .toFormatter(Locale.ENGLISH);

    /** The date of HTTP, that of RFC 850, and that of C, each without its day of the week (RFC 9110, 5.6.7). */
    private static final List<DateTimeFormatter> HTTP_DATES = List.of(
            DateTimeFormatter.ofPattern("d MMM uuuu H:mm:ss 'GMT'", Locale.ENGLISH),
            RFC_850,
            DateTimeFormatter.ofPattern("MMM d H:mm:ss uuuu", Locale.ENGLISH));

    private RetryAfter() {}

    /**
     * When to come back after an error answer; null when it is not said.
     *
     * @param header looks a header of the answer up; null when it is not there
     * @param allowances the headers in which the language's vendors say what is left of their limits
     */
    static @Nullable Duration of(
            UpstreamError error, UnaryOperator<@Nullable String> header, List<Allowance> allowances, Clock clock) {
        Duration said = said(header, clock);
        if (said == null) {
            said = error.retryAfter() == null ? null : bounded(error.retryAfter());
        }
        if (said == null && error.status() == 429) {
            said = longest(header, allowances, clock);
        }
        if (said == null && error.status() == 429) {
            said = longest(error.headers()::get, allowances, clock);
        }
        return said == null ? inWords(error) : said;
    }

    /** When to come back after an error that has no headers, since it stood inside an answer; null when it is not said. */
    static @Nullable Duration of(UpstreamError error) {
        Duration asked = error.retryAfter();
        return asked == null ? inWords(error) : bounded(asked);
    }

    private static @Nullable Duration said(UnaryOperator<@Nullable String> header, Clock clock) {
        for (String name : IN_MILLISECONDS) {
            String value = header.apply(name);
            Duration millis = value == null ? null : number(value, BigDecimal.ONE);
            if (millis != null) {
                return millis;
            }
        }
        String value = header.apply("retry-after");
        if (value == null) {
            return null;
        }
        Duration seconds = number(value, BigDecimal.valueOf(1_000));
        return seconds == null ? untilDate(value, clock) : seconds;
    }

    /**
     * The longest time until one of the limits of which nothing is left begins anew; where that is not said, of those of which
     * is not said how much is left. Null when something is left of all.
     */
    private static @Nullable Duration longest(
            UnaryOperator<@Nullable String> header, List<Allowance> allowances, Clock clock) {
        Duration used = longest(header, allowances, clock, left -> left != null && isNothing(left));
        return used == null ? longest(header, allowances, clock, Objects::isNull) : used;
    }

    private static @Nullable Duration longest(
            UnaryOperator<@Nullable String> header,
            List<Allowance> allowances,
            Clock clock,
            Predicate<@Nullable String> binds) {
        Duration longest = null;
        for (Allowance allowance : allowances) {
            String reset = binds.test(header.apply(allowance.left())) ? header.apply(allowance.reset()) : null;
            Duration until = reset == null ? null : reset(reset, clock);
            if (until != null && (longest == null || until.compareTo(longest) > 0)) {
                longest = until;
            }
        }
        return longest;
    }

    private static boolean isNothing(String left) {
        String number = left.trim();
        return NUMBER.matcher(number).matches() && new BigDecimal(number).signum() == 0;
    }

    /** A length such as {@code 6m0s} or {@code 120ms}, seconds, a time since 1970, or a date. */
    private static @Nullable Duration reset(String text, Clock clock) {
        String value = text.trim();
        if (value.isEmpty() || value.length() > LONGEST_VALUE) {
            return null;
        }
        if (NUMBER.matcher(value).matches()) {
            BigDecimal number = new BigDecimal(value);
            if (number.compareTo(EPOCH_SECONDS) < 0) {
                return millis(number.movePointRight(3));
            }
            BigDecimal at = number.compareTo(EPOCH_MILLIS) < 0 ? number.movePointRight(3) : number;
            return millis(at.subtract(BigDecimal.valueOf(clock.millis())));
        }
        String lower = value.toLowerCase(Locale.ROOT);
        if (LENGTHS.matcher(lower).matches()) {
            return lengths(lower);
        }
        try {
            return bounded(Duration.between(clock.instant(), OffsetDateTime.parse(value)));
        } catch (DateTimeException e) {
            return untilDate(value, clock);
        }
    }

    private static @Nullable Duration untilDate(String text, Clock clock) {
        String value = text.trim();
        if (value.length() > LONGEST_VALUE) {
            return null;
        }
        int comma = value.indexOf(',');
        int day = comma >= 0 ? comma : value.indexOf(' ');
        String date = value.substring(day + 1).trim().replaceAll(" +", " ");
        for (DateTimeFormatter form : HTTP_DATES) {
            try {
                LocalDateTime now = LocalDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
                LocalDateTime at = LocalDateTime.parse(date, form);
                // a year of two digits that is more than 50 years ahead is of the century before
                boolean past = form == RFC_850 && at.isAfter(now.plusYears(50));
                return past ? Duration.ZERO : bounded(Duration.between(now, at));
            } catch (DateTimeException e) {
                // perhaps another form
            }
        }
        return null;
    }

    private static @Nullable Duration inWords(UpstreamError error) {
        if (error.status() != 429 && error.status() != 503) {
            return null;
        }
        String message = error.message();
        String words = message.substring(0, Math.min(message.length(), LONGEST_MESSAGE))
                .toLowerCase(Locale.ROOT);
        Matcher found = IN_WORDS.matcher(words);
        return found.find() ? lengths(found.group(1)) : null;
    }

    private static Duration lengths(String text) {
        BigDecimal sum = BigDecimal.ZERO;
        Matcher each = ONE_LENGTH.matcher(text);
        while (each.find()) {
            sum = sum.add(new BigDecimal(each.group(1)).multiply(BigDecimal.valueOf(millisOf(each.group(2)))));
        }
        return millis(sum);
    }

    private static long millisOf(String unit) {
        if (unit.startsWith("ms") || unit.startsWith("milli")) {
            return 1;
        }
        return switch (unit.charAt(0)) {
            case 's' -> 1_000L;
            case 'm' -> 60_000L;
            case 'h' -> 3_600_000L;
            default -> 86_400_000L;
        };
    }

    private static @Nullable Duration number(String text, BigDecimal inMillis) {
        String value = text.trim();
        return NUMBER.matcher(value).matches() ? millis(new BigDecimal(value).multiply(inMillis)) : null;
    }

    private static Duration millis(BigDecimal millis) {
        BigDecimal bounded = millis.max(BigDecimal.ZERO).min(BigDecimal.valueOf(LONGEST.toMillis()));
        return Duration.ofMillis(bounded.setScale(0, RoundingMode.CEILING).longValueExact());
    }

    private static Duration bounded(Duration rest) {
        if (rest.isNegative()) {
            return Duration.ZERO;
        }
        return rest.compareTo(LONGEST) > 0 ? LONGEST : rest;
    }
}
