package dev.signalbox.ledger;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.signalbox.chat.Attempt;
import dev.signalbox.chat.Cost;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Price;
import dev.signalbox.chat.Selection;
import dev.signalbox.chat.Usage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A row as JSON, written once: in the journal, on its way to the store and in the admin API it reads the same. */
final class RowJson {

    /** The stable code of a request whose end nobody saw. */
    static final String ABORTED = "aborted";

    private static final int LONGEST_TEXT = 512;
    private static final int MOST_ATTEMPTS = 100;
    private static final int BRIEF_TEXT = 48;

    /** What is written as escapes: six bytes for a control character, twelve for one beyond the basic plane. All others take three at most. */
    private static final Pattern ESCAPED = Pattern.compile("[\\x00-\\x1F\\x{10000}-\\x{10FFFF}]");

    /** What becomes of texts that come from outside. */
    private static final UnaryOperator<String> WHOLE = value -> text(value, LONGEST_TEXT);

    private static final UnaryOperator<String> BRIEF =
            value -> ESCAPED.matcher(text(value, BRIEF_TEXT)).replaceAll("\uFFFD");

    private static final SerializedString ID = new SerializedString("id");
    private static final SerializedString TIME = new SerializedString("time");
    private static final SerializedString MODEL = new SerializedString("model");
    private static final SerializedString PROVIDER = new SerializedString("provider");
    private static final SerializedString DEPLOYMENT = new SerializedString("deployment");
    private static final SerializedString KEY_ID = new SerializedString("key_id");
    private static final SerializedString KEY_NAME = new SerializedString("key_name");
    private static final SerializedString TEAM = new SerializedString("team");
    private static final SerializedString USER = new SerializedString("user");
    private static final SerializedString TAGS = new SerializedString("tags");
    private static final SerializedString STRATEGY = new SerializedString("strategy");
    private static final SerializedString STREAM = new SerializedString("stream");
    private static final SerializedString CACHE = new SerializedString("cache");
    private static final SerializedString STATUS = new SerializedString("status");
    private static final SerializedString ERROR = new SerializedString("error");
    private static final SerializedString ESTIMATED = new SerializedString("estimated");
    private static final SerializedString INPUT_TOKENS = new SerializedString("input_tokens");
    private static final SerializedString OUTPUT_TOKENS = new SerializedString("output_tokens");
    private static final SerializedString CACHED_TOKENS = new SerializedString("cached_tokens");
    private static final SerializedString CACHE_WRITE_TOKENS = new SerializedString("cache_write_tokens");
    private static final SerializedString REASONING_TOKENS = new SerializedString("reasoning_tokens");
    private static final SerializedString COST_USD = new SerializedString("cost_usd");
    private static final SerializedString LATENCY_MS = new SerializedString("latency_ms");
    private static final SerializedString FIRST_TOKEN_MS = new SerializedString("first_token_ms");
    private static final SerializedString PRICE = new SerializedString("price");
    private static final SerializedString INPUT = new SerializedString("input");
    private static final SerializedString OUTPUT = new SerializedString("output");
    private static final SerializedString CACHED_INPUT = new SerializedString("cached_input");
    private static final SerializedString CACHE_WRITE = new SerializedString("cache_write");
    private static final SerializedString ATTEMPTS = new SerializedString("attempts");
    private static final SerializedString DURATION_MS = new SerializedString("duration_ms");

    private RowJson() {}

    /** The row of an answered request. */
    static byte[] of(Entry entry) {
        return write(entry, WHOLE, entry.tags(), entry.attempts(), entry.selection());
    }

    /** The same without what can be long, for a disk that is all but full: always fits in {@link Segments#RESERVE}. */
    static byte[] brief(Entry entry) {
        return write(entry, BRIEF, Map.of(), List.of(), null);
    }

    /** The row that stands when an exchange was begun and nobody saw its end. */
    static byte[] of(Intent intent) {
        Usage usage = new Usage(intent.promptTokens(), 0, 0, 0, 0);
        Price price = intent.price();
        Cost cost = price == null ? null : price.of(usage);
        String model = intent.deployment().startsWith(intent.provider() + "/")
                ? intent.deployment().substring(intent.provider().length() + 1)
                : intent.deployment();
        Entry aborted = new Entry(
                intent.id(),
                intent.time(),
                intent.model(),
                intent.provider(),
                intent.deployment(),
                intent.keyId(),
                intent.keyName(),
                intent.team(),
                intent.user(),
                intent.tags(),
                intent.strategy(),
                intent.stream(),
                "off",
                500,
                ABORTED,
                true,
                usage,
                cost,
                price,
                Double.NaN,
                null,
                List.of(new Attempt(intent.provider(), model, null, ABORTED, 0)),
                null);
        return of(aborted);
    }

    private static byte[] write(
            Entry entry,
            UnaryOperator<String> form,
            Map<String, String> tags,
            List<Attempt> attempts,
            @Nullable Selection selection) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(1024);
                JsonGenerator to = Json.FACTORY.createGenerator(bytes)) {
            to.writeStartObject();
            to.writeFieldName(ID);
            to.writeString(text(entry.id(), LONGEST_TEXT));
            to.writeFieldName(TIME);
            to.writeString(entry.time().truncatedTo(ChronoUnit.MICROS).toString());
            text(to, MODEL, entry.model(), form);
            text(to, PROVIDER, entry.provider(), form);
            text(to, DEPLOYMENT, entry.deployment(), form);
            text(to, KEY_ID, entry.keyId(), form);
            text(to, KEY_NAME, entry.keyName(), form);
            text(to, TEAM, entry.team(), form);
            text(to, USER, entry.user(), form);
            to.writeFieldName(TAGS);
            to.writeStartObject();
            for (Map.Entry<String, String> tag : tags.entrySet()) {
                to.writeFieldName(form.apply(tag.getKey()));
                to.writeString(form.apply(tag.getValue()));
            }
            to.writeEndObject();
            text(to, STRATEGY, entry.strategy(), form);
            to.writeFieldName(STREAM);
            to.writeBoolean(entry.stream());
            text(to, CACHE, entry.cache(), form);
            to.writeFieldName(STATUS);
            to.writeNumber(entry.status());
            text(to, ERROR, entry.error(), form);
            to.writeFieldName(ESTIMATED);
            to.writeBoolean(entry.estimated());
            usage(to, entry.usage());
            Cost cost = entry.cost();
            to.writeFieldName(COST_USD);
            if (cost == null) {
                to.writeNull();
            } else {
                to.writeNumber(decimal(cost.picos(), 12));
            }
            millis(to, LATENCY_MS, entry.latencyMs());
            Double firstTokenMs = entry.firstTokenMs();
            millis(to, FIRST_TOKEN_MS, firstTokenMs == null ? Double.NaN : firstTokenMs);
            price(to, entry.price());
            attempts(to, attempts, form);
            if (selection != null) {
                SelectionJson.write(to, selection);
            }
            to.writeEndObject();
            to.flush();
            return bytes.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static void usage(JsonGenerator to, Usage usage) throws IOException {
        to.writeFieldName(INPUT_TOKENS);
        to.writeNumber(usage.input());
        to.writeFieldName(OUTPUT_TOKENS);
        to.writeNumber(usage.output());
        to.writeFieldName(CACHED_TOKENS);
        to.writeNumber(usage.cacheRead());
        to.writeFieldName(CACHE_WRITE_TOKENS);
        to.writeNumber(usage.cacheWrite());
        to.writeFieldName(REASONING_TOKENS);
        to.writeNumber(usage.reasoning());
    }

    private static void price(JsonGenerator to, @Nullable Price price) throws IOException {
        to.writeFieldName(PRICE);
        if (price == null) {
            to.writeNull();
            return;
        }
        to.writeStartObject();
        amount(to, INPUT, price.input());
        amount(to, OUTPUT, price.output());
        amount(to, CACHED_INPUT, price.cachedInput());
        amount(to, CACHE_WRITE, price.cacheWrite());
        to.writeEndObject();
    }

    private static void attempts(JsonGenerator to, List<Attempt> attempts, UnaryOperator<String> form)
            throws IOException {
        to.writeFieldName(ATTEMPTS);
        to.writeStartArray();
        for (Attempt attempt : attempts.subList(Math.max(0, attempts.size() - MOST_ATTEMPTS), attempts.size())) {
            to.writeStartObject();
            text(to, PROVIDER, attempt.provider(), form);
            text(to, MODEL, attempt.model(), form);
            Integer status = attempt.status();
            to.writeFieldName(STATUS);
            if (status == null) {
                to.writeNull();
            } else {
                to.writeNumber(status);
            }
            text(to, ERROR, attempt.error(), form);
            to.writeFieldName(DURATION_MS);
            to.writeNumber(attempt.durationMs());
            to.writeEndObject();
        }
        to.writeEndArray();
    }

    private static void text(
            JsonGenerator to, SerializedString name, @Nullable String value, UnaryOperator<String> form)
            throws IOException {
        to.writeFieldName(name);
        if (value == null) {
            to.writeNull();
        } else {
            to.writeString(form.apply(value));
        }
    }

    private static void amount(JsonGenerator to, SerializedString name, @Nullable BigDecimal value) throws IOException {
        to.writeFieldName(name);
        if (value == null) {
            to.writeNull();
        } else {
            to.writeNumber(value.toPlainString());
        }
    }

    /** Milliseconds with three decimals; null when not known. */
    private static void millis(JsonGenerator to, SerializedString name, double value) throws IOException {
        to.writeFieldName(name);
        if (Double.isFinite(value)) {
            to.writeNumber(decimal(Math.round(value * 1000), 3));
        } else {
            to.writeNull();
        }
    }

    /** A whole number of 10^-scale as a plain decimal, without trailing zeros. */
    static String decimal(long value, int scale) {
        long one = 1;
        for (int i = 0; i < scale; i++) {
            one *= 10;
        }
        long rest = value % one;
        if (rest == 0) {
            return Long.toString(value / one);
        }
        int digits = scale;
        while (rest % 10 == 0) {
            rest /= 10;
            digits--;
        }
        String fraction = Long.toString(Math.abs(rest));
        StringBuilder text = new StringBuilder(24);
        if (value < 0) {
            text.append('-');
        }
        return text.append(Math.abs(value / one))
                .append('.')
                .repeat('0', digits - fraction.length())
                .append(fraction)
                .toString();
    }

    /** Not longer than that, and without what a database cannot keep as text: NUL and halves of surrogate pairs. */
    static String text(String value, int longest) {
        boolean isPlain = value.length() <= longest;
        for (int i = 0; isPlain && i < value.length(); i++) {
            char c = value.charAt(i);
            isPlain = c != 0 && !Character.isSurrogate(c);
        }
        return isPlain ? value : cleaned(value, longest);
    }

    private static String cleaned(String value, int longest) {
        StringBuilder clean = new StringBuilder(Math.min(value.length(), longest));
        for (int i = 0; i < value.length() && clean.length() < longest - 1; ) {
            int c = value.codePointAt(i);
            boolean isBroken = c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
            clean.appendCodePoint(isBroken ? 0xFFFD : c);
            i += Character.charCount(c);
        }
        return clean.toString();
    }
}
