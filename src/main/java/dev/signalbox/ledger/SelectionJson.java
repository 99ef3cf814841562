package dev.signalbox.ledger;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Selection;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who could answer a request and who could not, as JSON in two forms. Rows keep the short one: no id of a deployment, since
 * provider and model make it, nothing that is not known, and at most {@link #MOST} of each. Operators read the whole one, in
 * which what is not known is null. Numbers are the same in both.
 */
public final class SelectionJson {

    /** How many candidates, and how many others, a row keeps. */
    static final int MOST = 20;

    private static final int LONGEST = 160;
    private static final MathContext DIGITS = new MathContext(9);
    private static final String CANDIDATES = "candidates";
    private static final String EXCLUDED = "excluded";
    private static final List<String> NUMBERS =
            List.of("score", "predicted_cost_usd", "predicted_latency_ms", "predicted_quality");

    private static final SerializedString CANDIDATES_NAME = new SerializedString(CANDIDATES);
    private static final SerializedString EXCLUDED_NAME = new SerializedString(EXCLUDED);
    private static final SerializedString PROVIDER = new SerializedString("provider");
    private static final SerializedString MODEL = new SerializedString("model");
    private static final SerializedString REASON = new SerializedString("reason");
    private static final List<SerializedString> NUMBER_NAMES =
            NUMBERS.stream().map(SerializedString::new).toList();

    private SelectionJson() {}

    /** The whole form: {@code strategy}, {@code candidates} and {@code excluded}. */
    public static ObjectNode of(Selection selection) {
        ObjectNode whole = Json.object().put("strategy", selection.strategy());
        ArrayNode candidates = whole.putArray(CANDIDATES);
        for (Selection.Considered one : selection.candidates()) {
            ObjectNode candidate = names(candidates.addObject(), one.provider(), one.model());
            for (int i = 0; i < NUMBERS.size(); i++) {
                String number = number(one, i);
                candidate.put(NUMBERS.get(i), number == null ? null : new BigDecimal(number));
            }
        }
        ArrayNode excluded = whole.putArray(EXCLUDED);
        for (Selection.Excluded one : selection.excluded()) {
            names(excluded.addObject(), one.provider(), one.model()).put("reason", one.reason());
        }
        return whole;
    }

    /**
     * Puts the whole form into a row, at its end.
     *
     * @param candidates the short form; null, or anything but an array, in rows that have none
     * @param excluded likewise
     */
    public static void expand(ObjectNode row, @Nullable JsonNode candidates, @Nullable JsonNode excluded) {
        row.remove(List.of(CANDIDATES, EXCLUDED));
        ArrayNode wholeCandidates = row.putArray(CANDIDATES);
        if (candidates != null) {
            for (JsonNode one : candidates) {
                ObjectNode whole = names(wholeCandidates.addObject(), one);
                NUMBERS.forEach(name -> whole.set(name, one.get(name)));
            }
        }
        ArrayNode wholeExcluded = row.putArray(EXCLUDED);
        if (excluded != null) {
            for (JsonNode one : excluded) {
                names(wholeExcluded.addObject(), one).set("reason", one.get("reason"));
            }
        }
    }

    /** The same for a row that has the short form itself. */
    static void expand(ObjectNode row) {
        expand(row, row.get(CANDIDATES), row.get(EXCLUDED));
    }

    /** Takes the short form out of a row, for lists. */
    static void leaveOut(ObjectNode row) {
        row.remove(List.of(CANDIDATES, EXCLUDED));
    }

    private static ObjectNode names(ObjectNode to, JsonNode shortForm) {
        return names(
                to, shortForm.path("provider").asText(), shortForm.path("model").asText());
    }

    private static ObjectNode names(ObjectNode to, String provider, String model) {
        return to.put("deployment", provider + "/" + model)
                .put("provider", provider)
                .put("model", model);
    }

    /** Writes the short form into a row. */
    static void write(JsonGenerator to, Selection selection) throws IOException {
        List<Selection.Considered> candidates = selection.candidates();
        if (!candidates.isEmpty()) {
            to.writeFieldName(CANDIDATES_NAME);
            to.writeStartArray();
            for (int i = 0; i < candidates.size() && i < MOST; i++) {
                Selection.Considered one = candidates.get(i);
                names(to, one.provider(), one.model());
                for (int n = 0; n < NUMBERS.size(); n++) {
                    String number = number(one, n);
                    if (number != null) {
                        to.writeFieldName(NUMBER_NAMES.get(n));
                        to.writeNumber(number);
                    }
                }
                to.writeEndObject();
            }
            to.writeEndArray();
        }
        List<Selection.Excluded> excluded = selection.excluded();
        if (!excluded.isEmpty()) {
            to.writeFieldName(EXCLUDED_NAME);
            to.writeStartArray();
            for (int i = 0; i < excluded.size() && i < MOST; i++) {
                Selection.Excluded one = excluded.get(i);
                names(to, one.provider(), one.model());
                to.writeFieldName(REASON);
                to.writeString(RowJson.text(one.reason(), LONGEST));
                to.writeEndObject();
            }
            to.writeEndArray();
        }
    }

    private static void names(JsonGenerator to, String provider, String model) throws IOException {
        to.writeStartObject();
        to.writeFieldName(PROVIDER);
        to.writeString(RowJson.text(provider, LONGEST));
        to.writeFieldName(MODEL);
        to.writeString(RowJson.text(model, LONGEST));
    }

    /** One of {@link #NUMBERS} as a plain decimal; null when it is not known. */
    private static @Nullable String number(Selection.Considered of, int which) {
        return switch (which) {
            case 0 -> plain(of.score());
            case 1 -> money(of.predictedCost());
            case 2 -> millis(of.predictedLatencyMillis());
            default -> plain(of.predictedQuality());
        };
    }

    private static @Nullable String money(@Nullable Long picos) {
        return picos == null ? null : RowJson.decimal(picos, 12);
    }

    private static @Nullable String millis(@Nullable Double value) {
        return value == null || !Double.isFinite(value) ? null : RowJson.decimal(Math.round(value * 1000), 3);
    }

    /** Nine decimals of it; of something small, nine digits. */
    private static @Nullable String plain(@Nullable Double value) {
        if (value == null || !Double.isFinite(value)) {
            return null;
        }
        double size = Math.abs(value);
        return size == 0 || (size >= 0.001 && size < 1_000_000_000)
                ? RowJson.decimal(Math.round(value * 1_000_000_000), 9)
                : BigDecimal.valueOf(value).round(DIGITS).stripTrailingZeros().toPlainString();
    }
}
