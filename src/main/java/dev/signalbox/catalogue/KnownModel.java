package dev.signalbox.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.catalogue.Capabilities.Capability;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Price;
import dev.signalbox.chat.Tariff;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the model catalogue knows of one of a vendor's models.
 *
 * @param id its usual name
 * @param rule by which names it goes
 * @param contextWindow tokens of prompt and answer together, at most; null when unknown
 * @param maxOutputTokens tokens of an answer, at most; null when unknown
 * @param capabilities what it can and cannot
 * @param tariff what its tokens cost; null when unknown
 * @param deprecated whether the vendor has given it up, or is about to
 */
public record KnownModel(
        String id,
        NameRule rule,
        @Nullable Integer contextWindow,
        @Nullable Integer maxOutputTokens,
        Capabilities capabilities,
        @Nullable Tariff tariff,
        boolean deprecated) {

    /** Where it runs, before a model's name: {@code eu.}, {@code global.}. */
    private static final Pattern PLACE = Pattern.compile("^(us|us-gov|eu|apac|jp|au|ca|sa|me|global)\\.");

    /** What comes after a model's name when it names a version: a date, a number, {@code latest}. */
    private static final Pattern VERSION = Pattern.compile("([-@:.](v?\\d[\\d.]*|latest|preview|exp))*");

    static KnownModel of(JsonNode json) {
        return new KnownModel(
                json.path("id").asText(),
                NameRule.of(json.path("match")),
                integer(json.path("window")),
                integer(json.path("output")),
                capabilities(json),
                tariff(json.path("prices")),
                json.path("deprecated").asBoolean(false));
    }

    private static @Nullable Integer integer(JsonNode number) {
        return number.isNumber() ? number.intValue() : null;
    }

    private static Capabilities capabilities(JsonNode json) {
        JsonNode serves = json.path("serves");
        return new Capabilities(
                set(json.path("can")),
                set(json.path("cannot")),
                serves.isTextual() ? Operation.valueOf(serves.asText().toUpperCase(Locale.ROOT)) : null);
    }

    private static Set<Capability> set(JsonNode names) {
        Set<Capability> set = EnumSet.noneOf(Capability.class);
        names.forEach(name -> set.add(Capability.valueOf(name.asText().toUpperCase(Locale.ROOT))));
        return set;
    }

    private static @Nullable Tariff tariff(JsonNode prices) {
        List<Tariff.Period> periods = new ArrayList<>(prices.size());
        for (JsonNode period : prices) {
            List<Tariff.Step> above = new ArrayList<>(0);
            period.path("above")
                    .forEach(step ->
                            above.add(new Tariff.Step(step.path("tokens").longValue(), price(step))));
            JsonNode from = period.path("from");
            JsonNode daily = period.path("daily");
            periods.add(new Tariff.Period(
                    from.isTextual()
                            ? LocalDate.parse(from.asText()).atStartOfDay().toInstant(ZoneOffset.UTC)
                            : null,
                    daily.isArray()
                            ? new Tariff.Hours(
                                    LocalTime.parse(daily.path(0).asText()),
                                    LocalTime.parse(daily.path(1).asText()))
                            : null,
                    price(period),
                    above));
        }
        return periods.isEmpty() ? null : new Tariff(periods);
    }

    private static Price price(JsonNode rates) {
        return new Price(
                rates.path("input").decimalValue(),
                rates.path("output").decimalValue(),
                rate(rates, "cached_input"),
                rate(rates, "cache_write"),
                rate(rates, "cache_write_1h"),
                rate(rates, "reasoning"));
    }

    private static @Nullable BigDecimal rate(JsonNode rates, String name) {
        JsonNode rate = rates.path(name);
        return rate.isNumber() ? rate.decimalValue() : null;
    }

    /** It as a deployment at that provider, of which the configuration says nothing. */
    public DeploymentEntry at(String provider) {
        return new DeploymentEntry(provider, id, 1, 1, tariff, contextWindow, maxOutputTokens, capabilities, Set.of());
    }

    /** Whether it goes by that name. */
    boolean fits(String name, String lower) {
        return rule.fits(name, lower);
    }

    /**
     * Whether that is, but for a version, one of the names that are said in so many words; rules alone also fit names that
     * nobody has.
     */
    boolean isNamed(String name) {
        String here = PLACE.matcher(name).replaceFirst("");
        if (isVersionOf(id, here)) {
            return true;
        }
        boolean[] found = new boolean[1];
        rule.literals(literal -> found[0] |= isVersionOf(literal, here));
        return found[0];
    }

    private static boolean isVersionOf(String literal, String name) {
        return name.startsWith(literal)
                && VERSION.matcher(name).region(literal.length(), name.length()).matches();
    }
}
