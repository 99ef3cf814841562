package dev.signalbox.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the model catalogue knows of one vendor's models; they are read when the first of them is asked for. */
public final class KnownVendor {

    private static final Pattern DATE = Pattern.compile("-(20\\d{6})(?=[-:@]|$)");
    private static final Pattern DASHED = Pattern.compile("-(20\\d{2})-(\\d{2})-(\\d{2})(?=[-:@]|$)");

    private final String id;
    private final List<String> kinds;
    private final Pattern address;
    private final List<String> also;
    private final Supplier<List<KnownModel>> reader;
    private List<KnownVendor> others = List.of();
    private volatile @Nullable List<KnownModel> models;

    KnownVendor(JsonNode json, Supplier<List<KnownModel>> reader) {
        this.id = json.path("vendor").asText();
        this.kinds = texts(json.path("kinds"));
        this.address = Pattern.compile(json.path("address").asText());
        this.also = texts(json.path("also"));
        this.reader = reader;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>(array.size());
        array.forEach(text -> texts.add(text.asText()));
        return List.copyOf(texts);
    }

    /** Its name in the catalogue. */
    public String id() {
        return id;
    }

    /** Whether providers of that kind are its own. */
    boolean isKind(String kind) {
        return kinds.contains(kind);
    }

    /** Whether that is an address of its own. */
    boolean isAt(String url) {
        return address.matcher(url).lookingAt();
    }

    /** Finds those other vendors whose models it has at their prices. */
    void joinTo(List<KnownVendor> all) {
        others = all.stream().filter(vendor -> also.contains(vendor.id())).toList();
    }

    /** Its models, in the order in which their rules are tried. */
    public List<KnownModel> models() {
        List<KnownModel> read = models;
        if (read == null) {
            read = List.copyOf(reader.get());
            models = read;
        }
        return read;
    }

    /** The model that goes by that name; null when there is none. */
    public @Nullable KnownModel find(String name) {
        KnownModel found = first(name);
        if (found == null) {
            String dated = otherDate(name);
            found = dated.equals(name) ? null : first(dated);
        }
        return found;
    }

    private @Nullable KnownModel first(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        for (KnownModel model : models()) {
            if (model.fits(name, lower)) {
                return model;
            }
        }
        for (KnownVendor other : others) {
            KnownModel found = other.first(name);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** Dates stand in names with and without dashes. */
    private static String otherDate(String name) {
        Matcher compact = DATE.matcher(name);
        if (compact.find()) {
            try {
                LocalDate date = LocalDate.parse(compact.group(1), DateTimeFormatter.BASIC_ISO_DATE);
                return compact.replaceFirst("-" + date);
            } catch (DateTimeException _) {
                return name;
            }
        }
        return DASHED.matcher(name).replaceFirst("-$1$2$3");
    }

    /** Whether it has a model of exactly that name, or a version of one. */
    public boolean has(String name) {
        KnownModel found = find(name);
        return found != null && found.isNamed(name);
    }

    /** The deployment with what is known of its model, where the configuration does not say. */
    DeploymentEntry complete(DeploymentEntry deployment) {
        KnownModel known = find(deployment.model());
        if (known == null) {
            return deployment;
        }
        Set<String> said = deployment.configured();
        return new DeploymentEntry(
                deployment.provider(),
                deployment.model(),
                deployment.priority(),
                deployment.weight(),
                said.contains(DeploymentEntry.PRICING) ? deployment.tariff() : known.tariff(),
                said.contains(DeploymentEntry.CONTEXT_WINDOW) ? deployment.contextWindow() : known.contextWindow(),
                said.contains(DeploymentEntry.MAX_OUTPUT_TOKENS)
                        ? deployment.maxOutputTokens()
                        : known.maxOutputTokens(),
                known.capabilities(),
                said);
    }
}
