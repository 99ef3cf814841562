package dev.signalbox.routing;

import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.catalogue.CatalogueConfig;
import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.ModelEntry;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.catalogue.Snapshot;
import dev.signalbox.chat.Caller;
import dev.signalbox.chat.Controls;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.SignalboxException;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the {@link Plan} of an exchange: what the caller, the key and the configuration allow, in a strategy's order. */
@Singleton
public class Planner {

    private static final int LONGEST_SHOWN = 100;

    private final Catalogue catalogue;
    private final boolean fallback;

    /** For CDI. */
    public Planner(Catalogue catalogue, CatalogueConfig config) {
        this.catalogue = catalogue;
        this.fallback = config.fallback();
    }

    /**
     * @throws SignalboxException 404 {@code model_not_found}, 403 {@code model_not_allowed}, or 400 for a header that names
     *     what is not there
     */
    Plan plan(Exchange exchange) {
        Snapshot now = catalogue.current();
        Controls asked = exchange.controls();
        Caller caller = exchange.caller();
        ModelEntry model = resolve(now, caller, exchange.model());
        requireAllowed(caller, exchange.model(), model);
        exchange.trail().modelIs(model.name(), now.models().containsKey(model.name()));
        String strategy = Strategies.choose(asked.strategy(), asked.provider(), model);
        Strategy order = Strategies.named(strategy);
        String only = asked.provider();
        boolean fallsBack = asked.fallback() == null ? only == null && fallback : asked.fallback();

        Set<DeploymentEntry> candidates = new LinkedHashSet<>();
        List<DeploymentEntry> own = order.order(exchange, model.deployments());
        if (only != null) {
            strategy = Strategies.MANUAL;
            candidates.addAll(at(now, only, exchange.model(), own));
        }
        if (only == null || fallsBack) {
            candidates.addAll(own);
        }
        if (fallsBack) {
            for (ModelEntry other : fallbacks(now, caller, asked, model)) {
                candidates.addAll(order.order(exchange, other.deployments()));
            }
            for (String provider : now.fallbackProviders()) {
                candidates.addAll(at(now, provider, exchange.model(), own));
            }
        }
        List<DeploymentEntry> allowed = candidates.stream()
                .filter(d -> caller.mayUseProvider(d.provider()))
                .toList();
        if (allowed.isEmpty()) {
            throw notAllowed("the key may not use any provider of model '" + exchange.model() + "'");
        }
        return new Plan(
                model,
                strategy,
                fallsBack || only != null ? allowed : allowed.subList(0, 1),
                fallsBack ? named(now, exchange, order, model.contextFallbacks()) : List.of(),
                fallsBack ? named(now, exchange, order, model.contentFallbacks()) : List.of());
    }

    private static ModelEntry resolve(Snapshot now, Caller caller, String asked) {
        ModelEntry model = now.resolve(asked);
        if (model == null) {
            List<String> similar = now.similarTo(asked, caller);
            String shown = asked.length() > LONGEST_SHOWN ? asked.substring(0, LONGEST_SHOWN) + "..." : asked;
            throw new SignalboxException(
                    404,
                    "model_not_found",
                    "there is no model '" + shown + "'"
                            + (similar.isEmpty()
                                    ? "; GET /v1/models lists them"
                                    : "; did you mean " + String.join(", ", similar) + "?"),
                    "model");
        }
        return model;
    }

    private static void requireAllowed(Caller caller, String asked, ModelEntry model) {
        if (!caller.mayUseModel(asked) && !caller.mayUseModel(model.name())) {
            throw notAllowed("the key may not use model '" + asked + "'");
        }
    }

    private static SignalboxException notAllowed(String message) {
        return new SignalboxException(403, "model_not_allowed", message, "model");
    }

    /** The candidates at one provider; when the model names none there, its model of the same name. */
    private static List<DeploymentEntry> at(Snapshot now, String provider, String asked, List<DeploymentEntry> own) {
        List<DeploymentEntry> there =
                own.stream().filter(d -> d.provider().equals(provider)).toList();
        if (!there.isEmpty()) {
            return there;
        }
        ProviderEntry entry = now.providers().get(provider);
        if (entry == null) {
            throw new InvalidRequest(
                    "x-signalbox-provider: there is no provider '" + provider + "'", "x-signalbox-provider");
        }
        ModelEntry straight = now.resolve(provider + "/" + asked);
        return straight == null ? List.of() : straight.deployments();
    }

    private static List<ModelEntry> fallbacks(Snapshot now, Caller caller, Controls asked, ModelEntry model) {
        @Nullable List<String> wanted = asked.fallbackModels();
        List<ModelEntry> models = new ArrayList<>();
        for (String name : wanted == null ? model.fallbacks() : wanted) {
            ModelEntry other = now.resolve(name);
            if (other == null) {
                throw new InvalidRequest(
                        "x-signalbox-fallback: there is no model '" + name + "'", "x-signalbox-fallback");
            }
            if (caller.mayUseModel(name) || caller.mayUseModel(other.name())) {
                models.add(other);
            } else if (wanted != null) {
                throw notAllowed("the key may not use model '" + name + "'");
            }
        }
        return models;
    }

    private static List<DeploymentEntry> named(Snapshot now, Exchange exchange, Strategy order, List<String> names) {
        List<DeploymentEntry> deployments = new ArrayList<>();
        for (String name : names) {
            ModelEntry other = now.resolve(name);
            if (other != null && exchange.caller().mayUseModel(name)) {
                order.order(exchange, other.deployments()).stream()
                        .filter(d -> exchange.caller().mayUseProvider(d.provider()))
                        .forEach(deployments::add);
            }
        }
        return deployments;
    }
}
