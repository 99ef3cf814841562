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
import dev.signalbox.routing.Plan.Stage;
import dev.signalbox.strategy.Strategy;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the {@link Plan} of an exchange: what the caller, the key and the configuration allow. */
@Singleton
public class Planner {

    private static final int LONGEST_SHOWN = 100;

    /** The model that stands for all models, and with a colon and a strategy behind it for all in that order. */
    private static final String AUTO = "auto";

    private static final List<String> AUTO_STRATEGIES = List.of("cost", "latency", "quality");

    private final Catalogue catalogue;
    private final Strategies strategies;
    private final Roster roster;
    private final Vertx vertx;
    private final boolean fallback;

    /** For CDI. */
    public Planner(Catalogue catalogue, CatalogueConfig config, Strategies strategies, Roster roster, Vertx vertx) {
        this.catalogue = catalogue;
        this.strategies = strategies;
        this.roster = roster;
        this.vertx = vertx;
        this.fallback = config.fallback();
    }

    /**
     * @param peek whether nothing is going to be done
     * @throws SignalboxException 404 {@code model_not_found}, 403 {@code model_not_allowed}, or 400 for a header that names
     *     what is not there
     */
    Plan plan(Exchange exchange, boolean peek) {
        Snapshot now = catalogue.current();
        Controls asked = exchange.controls();
        Caller caller = exchange.caller();
        ModelEntry model = resolve(now, exchange);
        exchange.trail().modelIs(model.name(), now.models().containsKey(model.name()) || isAuto(model.name()));
        String strategy = strategies.choose(asked, model);
        String only = asked.provider();
        boolean fallsBack = asked.fallback() == null ? only == null && fallback : asked.fallback();

        List<Stage> stages = new ArrayList<>(2);
        if (only != null) {
            stages.add(new Stage(model.name(), at(now, only, exchange.model(), model)));
        }
        if (only == null || (fallsBack && asked.fallbackModels() == null)) {
            stages.add(Stage.of(model));
        }
        if (fallsBack) {
            fallbacks(now, caller, asked, model, stages);
            for (String provider : now.fallbackProviders()) {
                stages.add(new Stage(model.name(), at(now, provider, exchange.model(), model)));
            }
        }
        requireProvider(caller, exchange.model(), stages);
        return new Plan(
                model,
                strategy,
                strategies.named(strategy),
                rest(model, strategy),
                fallsBack || only != null,
                new Question(exchange, roster.of(model.name()).answerTokens()),
                stages,
                fallsBack ? named(now, caller, model.fallbacks().context()) : List.of(),
                fallsBack ? named(now, caller, model.fallbacks().content()) : List.of(),
                fallsBack ? named(now, caller, model.fallbacks().quality()) : List.of(),
                peek);
    }

    /** The strategy of those after the first; null when it is the same, since some that are asked twice take two turns. */
    private @Nullable Strategy rest(ModelEntry model, String strategy) {
        boolean manual = strategy.equals(Strategies.MANUAL);
        String own = model.fallbacks().strategy();
        String rest = own == null && manual ? model.strategy() : own;
        if (rest == null || (rest.equals(strategy) && !manual)) {
            return null;
        }
        return strategies.named(rest.equals(Strategies.MANUAL) ? Strategies.PRIORITY : rest);
    }

    /** Counts the prompt of an exchange where nobody waits for the thread, and goes on with the plan on the exchange's own. */
    Uni<Plan> counted(Plan plan) {
        return Uni.createFrom()
                .completionStage(
                        () -> vertx.executeBlocking(() -> count(plan), false).toCompletionStage());
    }

    private Plan count(Plan plan) {
        String model = plan.stages().stream()
                .flatMap(stage -> stage.deployments().stream())
                .map(DeploymentEntry::model)
                .findFirst()
                .orElse("");
        plan.question().count(roster.tokenizer(model));
        return plan;
    }

    /** The model of an exchange. */
    ModelEntry model(Exchange exchange) {
        return resolve(catalogue.current(), exchange);
    }

    private static ModelEntry resolve(Snapshot now, Exchange exchange) {
        String asked = exchange.model();
        Caller caller = exchange.caller();
        ModelEntry model = now.resolve(asked);
        if (model == null) {
            if (isAuto(asked)) {
                return auto(now, caller, asked);
            }
            throw notFound(now, caller, asked);
        }
        if (!caller.mayUseModel(asked, model.name())) {
            throw notAllowed("the key may not use model '" + asked + "'");
        }
        return model;
    }

    private static boolean isAuto(String asked) {
        return asked.equals(AUTO)
                || (asked.startsWith(AUTO + ":") && AUTO_STRATEGIES.contains(asked.substring(AUTO.length() + 1)));
    }

    /** All models that the caller may use, as one. */
    private static ModelEntry auto(Snapshot now, Caller caller, String asked) {
        List<DeploymentEntry> all = now.everyDeployment(caller);
        if (all.isEmpty()) {
            throw notAllowed("the key may not use any model that '" + asked + "' could choose");
        }
        String strategy = asked.equals(AUTO) ? AUTO : asked.substring(AUTO.length() + 1);
        return new ModelEntry(asked, List.of(), strategy, all, ModelEntry.Fallbacks.NONE, null, false, null);
    }

    private static SignalboxException notFound(Snapshot now, Caller caller, String asked) {
        List<String> similar = now.similarTo(asked, caller);
        String shown = asked.length() > LONGEST_SHOWN ? asked.substring(0, LONGEST_SHOWN) + "..." : asked;
        return new SignalboxException(
                404,
                "model_not_found",
                "there is no model '" + shown + "'"
                        + (similar.isEmpty()
                                ? "; GET /v1/models lists them"
                                : "; did you mean " + String.join(", ", similar) + "?"),
                "model");
    }

    private static void requireProvider(Caller caller, String asked, List<Stage> stages) {
        if (caller.mayUseEveryProvider()) {
            return;
        }
        for (Stage stage : stages) {
            for (DeploymentEntry deployment : stage.deployments()) {
                if (caller.mayUseProvider(deployment.provider())) {
                    return;
                }
            }
        }
        throw notAllowed("the key may not use any provider of model '" + asked + "'");
    }

    private static SignalboxException notAllowed(String message) {
        return new SignalboxException(403, "model_not_allowed", message, "model");
    }

    /** The candidates at one provider; when the model names none there, its model of the same name. */
    private static List<DeploymentEntry> at(Snapshot now, String provider, String asked, ModelEntry model) {
        List<DeploymentEntry> there = model.deployments().stream()
                .filter(d -> d.provider().equals(provider))
                .toList();
        if (!there.isEmpty()) {
            return there;
        }
        ProviderEntry entry = now.providers().get(provider);
        if (entry == null) {
            throw new InvalidRequest(
                    "x-signalbox-provider: there is no provider '" + provider + "'", "x-signalbox-provider");
        }
        ModelEntry straight = isAuto(asked) ? null : now.resolve(provider + "/" + now.nameAt(provider, asked));
        return straight == null ? List.of() : straight.deployments();
    }

    private static void fallbacks(Snapshot now, Caller caller, Controls asked, ModelEntry model, List<Stage> stages) {
        @Nullable List<String> wanted = asked.fallbackModels();
        for (String name : wanted == null ? model.fallbacks().any() : wanted) {
            ModelEntry other = now.resolve(name);
            if (other == null) {
                throw new InvalidRequest(
                        "x-signalbox-fallback: there is no model '" + name + "'", "x-signalbox-fallback");
            }
            if (caller.mayUseModel(name, other.name())) {
                stages.add(Stage.of(other));
            } else if (wanted != null) {
                throw notAllowed("the key may not use model '" + name + "'");
            }
        }
    }

    private static List<Stage> named(Snapshot now, Caller caller, List<String> names) {
        List<Stage> stages = new ArrayList<>(names.size());
        for (String name : names) {
            ModelEntry other = now.resolve(name);
            if (other != null && caller.mayUseModel(name, other.name())) {
                stages.add(Stage.of(other));
            }
        }
        return stages;
    }
}
