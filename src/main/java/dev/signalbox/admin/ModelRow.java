package dev.signalbox.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.admin.Spending.Book;
import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.ModelEntry;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Price;
import dev.signalbox.ledger.RequestLog.Spent;
import dev.signalbox.upstream.Condition;
import dev.signalbox.upstream.Deployment;
import dev.signalbox.upstream.Fleet;
import dev.signalbox.upstream.ProviderFigures;
import dev.signalbox.upstream.ProviderFigures.Figures;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One public model as the admin API shows it: its configuration by the names of its keys, and how its deployments are.
 *
 * @param source from where it is
 * @param figures what is counted of deployments; null when nothing is
 * @param spent what the ledger knows of it
 * @param byDeployment what the ledger knows of its deployments, by their ids
 * @param now for the prices in force
 */
record ModelRow(
        ModelEntry entry,
        Catalogue.Source source,
        Fleet fleet,
        @Nullable ProviderFigures figures,
        Spent spent,
        Book byDeployment,
        Instant now) {

    ObjectNode json() {
        ObjectNode row = Json.object().put("name", entry.name()).put("source", ProviderRow.word(source));
        texts(row, "aliases", entry.aliases());
        row.put("strategy", entry.strategy());
        List<ObjectNode> deployments = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        Condition best = null;
        CircuitBreakerState worst = CircuitBreakerState.CLOSED;
        long active = 0;
        Set<String> providers = new TreeSet<>();
        for (DeploymentEntry each : entry.deployments()) {
            Condition condition = fleet.condition(each.provider());
            Deployment deployment = deployment(each);
            deployments.add(deployment(each, condition, deployment));
            ids.add(each.id());
            if (condition != null) {
                best = best == null || condition.state().compareTo(best.state()) > 0 ? condition : best;
                active += providers.add(each.provider()) ? condition.active() : 0;
            }
            if (deployment != null && deployment.circuit().compareTo(worst) > 0) {
                worst = deployment.circuit();
            }
        }
        row.putArray("deployments").addAll(deployments);
        fallbacks(row);
        row.put("health", best == null ? null : best.state().code())
                .put("health_reason", best == null ? null : best.reason())
                .put("circuit", ProviderRow.word(worst))
                .put("active", active);
        ProviderRow.figures(row, counted(ids), spent);
        return row;
    }

    private void fallbacks(ObjectNode row) {
        ModelEntry.Fallbacks others = entry.fallbacks();
        row.put("fallback-strategy", others.strategy() == null ? "same" : others.strategy());
        texts(row, "fallbacks", others.any());
        texts(row, "context-fallbacks", others.context());
        texts(row, "content-fallbacks", others.content());
        if (others.quality().isEmpty()) {
            row.putNull("quality-fallbacks");
        } else {
            ObjectNode quality = row.putObject("quality-fallbacks");
            texts(quality, "when", others.flaws().stream().sorted().toList());
            texts(quality, "models", others.quality());
        }
        ModelEntry.Hedge hedge = entry.hedge();
        if (hedge == null) {
            row.putNull("hedge");
        } else {
            row.putObject("hedge")
                    .put("after", hedge.after() == null ? "p95" : ProviderRow.text(hedge.after()))
                    .put("max-extra-spend", hedge.maxExtraSpend());
        }
        row.put("resume-streams", entry.resumesStreams()).put("last-resort", entry.lastResort());
    }

    private static void texts(ObjectNode row, String name, List<String> values) {
        ArrayNode array = row.putArray(name);
        values.forEach(array::add);
    }

    private @Nullable Figures counted(List<String> deployments) {
        ProviderFigures from = figures;
        return from == null ? null : from.ofDeployments(deployments);
    }

    private @Nullable Deployment deployment(DeploymentEntry of) {
        for (Deployment each : fleet.deployments(of.provider())) {
            if (each.entry().equals(of)) {
                return each;
            }
        }
        return null;
    }

    private ObjectNode deployment(DeploymentEntry of, @Nullable Condition condition, @Nullable Deployment known) {
        ObjectNode row = Json.object()
                .put("provider", of.provider())
                .put("model", of.model().isEmpty() ? null : of.model())
                .put("priority", of.priority())
                .put("weight", of.weight());
        Price price = of.tariff() == null ? null : of.tariff().at(now, 0);
        if (price == null) {
            row.putNull("pricing");
        } else {
            row.putObject("pricing")
                    .put("input", price.input())
                    .put("output", price.output())
                    .put("cached-input", price.cachedInput())
                    .put("cache-write", price.cacheWrite());
        }
        row.put("context-window", of.contextWindow())
                .put("max-output-tokens", of.maxOutputTokens())
                .put("health", condition == null ? null : condition.state().code())
                .put("health_reason", condition == null ? null : condition.reason())
                .put("circuit", known == null ? null : ProviderRow.word(known.circuit()))
                .put("misconfigured", known == null ? null : known.misconfiguration());
        ProviderRow.figures(row, counted(List.of(of.id())), byDeployment.of(of.id()));
        return row;
    }
}
