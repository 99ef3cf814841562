package dev.signalbox.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.catalogue.Capabilities;
import dev.signalbox.catalogue.Capabilities.Capability;
import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.KnownModel;
import dev.signalbox.catalogue.KnownVendor;
import dev.signalbox.catalogue.ModelEntry;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.catalogue.Snapshot;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Price;
import dev.signalbox.chat.Tariff;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One model at one provider, as the admin API shows it.
 *
 * @param vendor whose it is in the model catalogue; null when that knows nothing of it
 * @param isProviders whether a configured provider has it; otherwise {@code entry} stands for the vendor
 * @param publicNames the configured models that it can serve
 * @param deprecated whether the vendor has given it up
 */
record CatalogueRow(
        @Nullable String vendor,
        boolean isProviders,
        DeploymentEntry entry,
        List<String> publicNames,
        boolean deprecated) {

    /** What the configured providers have, and what is known of other vendors' models, as far as it fits. */
    static List<CatalogueRow> all(Catalogue catalogue, @Nullable String provider, @Nullable String model) {
        Snapshot now = catalogue.current();
        Map<String, CatalogueRow> rows = new LinkedHashMap<>();
        now.providers().values().forEach(each -> {
            if (provider == null || provider.equals(each.name()) || provider.equals(vendor(now, each))) {
                configured(now, each, rows);
                known(now, each, rows);
            }
        });
        Set<String> used = new HashSet<>();
        now.providers().values().forEach(each -> used.add(String.valueOf(vendor(now, each))));
        for (KnownVendor vendor : catalogue.almanac().vendors()) {
            if (!used.contains(vendor.id()) && (provider == null || provider.equals(vendor.id()))) {
                for (KnownModel known : vendor.models()) {
                    put(
                            rows,
                            new CatalogueRow(vendor.id(), false, known.at(vendor.id()), List.of(), known.deprecated()));
                }
            }
        }
        return rows.values().stream().filter(row -> row.fits(model)).toList();
    }

    private static @Nullable String vendor(Snapshot now, ProviderEntry provider) {
        KnownVendor vendor = now.vendor(provider.name());
        return vendor == null ? null : vendor.id();
    }

    private static void configured(Snapshot now, ProviderEntry provider, Map<String, CatalogueRow> rows) {
        for (ModelEntry model : now.models().values()) {
            for (DeploymentEntry entry : model.deployments()) {
                if (!entry.provider().equals(provider.name()) || entry.model().isEmpty()) {
                    continue;
                }
                CatalogueRow before = rows.get(key(true, entry));
                List<String> names = new ArrayList<>(before == null ? List.of() : before.publicNames());
                names.add(model.name());
                KnownVendor vendor = now.vendor(provider.name());
                KnownModel known = vendor == null ? null : vendor.find(entry.model());
                put(
                        rows,
                        new CatalogueRow(
                                known == null || vendor == null ? null : vendor.id(),
                                true,
                                before == null ? entry : before.entry(),
                                List.copyOf(names),
                                known != null && known.deprecated()));
            }
        }
    }

    private static void known(Snapshot now, ProviderEntry provider, Map<String, CatalogueRow> rows) {
        KnownVendor vendor = now.vendor(provider.name());
        if (vendor != null) {
            for (KnownModel known : vendor.models()) {
                DeploymentEntry entry = known.at(provider.name());
                if (!rows.containsKey(key(true, entry))) {
                    put(rows, new CatalogueRow(vendor.id(), true, entry, List.of(), known.deprecated()));
                }
            }
        }
    }

    private static void put(Map<String, CatalogueRow> rows, CatalogueRow row) {
        rows.put(row.key(), row);
    }

    private static String key(boolean isProviders, DeploymentEntry entry) {
        return (isProviders ? "" : ":") + entry.id();
    }

    /** What no other row has. */
    String key() {
        return key(isProviders, entry);
    }

    private boolean fits(@Nullable String model) {
        return model == null || entry.model().equals(model) || publicNames.contains(model);
    }

    /** The row, with the price that is in force at that time first. */
    ObjectNode json(Instant time) {
        ObjectNode row = Json.object()
                .put("provider", isProviders ? entry.provider() : null)
                .put("vendor", vendor)
                .put("model", entry.model())
                .put("deployment", isProviders ? entry.id() : null);
        ArrayNode names = row.putArray("models");
        publicNames.forEach(names::add);
        Capabilities capabilities = entry.capabilities();
        row.put(
                "serves",
                capabilities.serves() == null ? null : capabilities.serves().code());
        row.put("deprecated", deprecated);
        row.put("context_window", entry.contextWindow());
        row.put("max_output_tokens", entry.maxOutputTokens());
        list(row.putArray("capabilities"), capabilities.can());
        list(row.putArray("lacks"), capabilities.cannot());
        Tariff tariff = entry.tariff();
        if (tariff == null) {
            row.putNull("price");
        } else {
            rates(row.putObject("price"), tariff.at(time, 0));
            periods(row.putArray("prices"), tariff);
        }
        row.putObject("from")
                .put("context_window", from(DeploymentEntry.CONTEXT_WINDOW, entry.contextWindow()))
                .put("max_output_tokens", from(DeploymentEntry.MAX_OUTPUT_TOKENS, entry.maxOutputTokens()))
                .put("price", from(DeploymentEntry.PRICING, tariff))
                .put("capabilities", capabilities.equals(Capabilities.UNKNOWN) ? null : "catalogue");
        return row;
    }

    private @Nullable String from(String key, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        return entry.configured().contains(key) ? "configuration" : "catalogue";
    }

    private static void list(ArrayNode names, Set<Capability> capabilities) {
        capabilities.stream().sorted().forEach(capability -> names.add(capability.code()));
    }

    private static void periods(ArrayNode periods, Tariff tariff) {
        for (Tariff.Period period : tariff.periods()) {
            ObjectNode node = periods.addObject();
            if (period.from() != null) {
                node.put("from", period.from().toString());
            }
            if (period.daily() != null) {
                node.putArray("daily")
                        .add(period.daily().begin().toString())
                        .add(period.daily().end().toString());
            }
            rates(node, period.price());
            if (!period.above().isEmpty()) {
                ArrayNode above = node.putArray("above");
                period.above().forEach(step -> rates(above.addObject().put("tokens", step.tokens()), step.price()));
            }
        }
    }

    private static void rates(ObjectNode node, Price price) {
        node.put("input", price.input())
                .put("output", price.output())
                .put("cached_input", price.cachedInput())
                .put("cache_write", price.cacheWrite());
        if (price.cacheWriteHour() != null) {
            node.put("cache_write_1h", price.cacheWriteHour());
        }
        if (price.reasoning() != null) {
            node.put("reasoning", price.reasoning());
        }
    }
}
