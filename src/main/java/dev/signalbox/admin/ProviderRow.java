package dev.signalbox.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.chat.Cost;
import dev.signalbox.chat.Json;
import dev.signalbox.ledger.RequestLog.Spent;
import dev.signalbox.upstream.Condition;
import dev.signalbox.upstream.Deployment;
import dev.signalbox.upstream.Fault;
import dev.signalbox.upstream.ProviderFigures.Figures;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One provider as the admin API shows it: its configuration by the names of its keys, without secrets, and how it is.
 *
 * @param source from where it is
 * @param figures what is counted of it; null when nothing is
 * @param spent what the ledger knows of it
 */
record ProviderRow(
        ProviderEntry entry,
        Condition condition,
        List<Deployment> deployments,
        Catalogue.Source source,
        @Nullable Figures figures,
        Spent spent) {

    ObjectNode json() {
        ObjectNode row = Json.object().put("name", entry.name());
        row.put("source", word(source));
        configuration(row);
        row.put("health", condition.state().code())
                .put("health_reason", condition.reason())
                .put("circuit", word(condition.circuit()))
                .put("active", condition.active());
        Fault drill = condition.drill();
        if (drill == null) {
            row.putNull("fault");
        } else {
            row.putObject("fault")
                    .put("failure", drill.failure().word())
                    .put("rate", drill.rate())
                    .put("latency", text(drill.latency()))
                    .put("until", drill.until().toString());
        }
        figures(row, figures, spent);
        deployments(row.putArray("deployments"));
        return row;
    }

    private static @Nullable BigDecimal usd(@Nullable Long picos) {
        return picos == null ? null : new Cost(picos).usd();
    }

    private void configuration(ObjectNode row) {
        row.put("kind", entry.kind())
                .put("base-url", withoutUser(entry.baseUrl()))
                .put("api-keys", entry.apiKeys().size());
        row.put("connect-timeout", text(entry.connectTimeout()))
                .put("timeout", text(entry.timeout()))
                .put("first-token-timeout", text(entry.firstTokenTimeout()))
                .put("idle-timeout", text(entry.idleTimeout()))
                .put("max-retries", entry.maxRetries());
        ProviderEntry.Limits limits = entry.limits();
        row.put("rate-limit", limits.requestsPerMinute())
                .put("token-limit", limits.tokensPerMinute())
                .put("max-concurrent", limits.maxConcurrent())
                .put("queue-size", limits.queueSize())
                .put("request-cost-limit", usd(limits.requestCost()))
                .put("daily-cost-limit", usd(limits.dailyCost()));
        ProviderEntry.Ranking ranking = entry.ranking();
        row.put("weight", ranking.weight())
                .put("priority", entry.priority())
                .put("quality", ranking.quality())
                .put("cost-multiplier", ranking.costMultiplier())
                .put("performance-bonus", ranking.performanceBonus());
        ArrayNode capabilities = row.putArray("capabilities");
        ranking.capabilities().stream().sorted().forEach(capabilities::add);
        row.set("defaults", Json.mapper().valueToTree(new TreeMap<>(entry.defaults())));
        ArrayNode headers = row.putArray("headers");
        entry.headers().keySet().stream().sorted().forEach(headers::add);
        ProviderEntry.HealthCheck check = entry.health();
        row.putObject("health-check")
                .put("path", check.path())
                .put("interval", text(check.interval()))
                .put("failure-threshold", check.failureThreshold())
                .put("recovery-threshold", check.recoveryThreshold())
                .put("timeout", text(check.timeout()));
        ProviderEntry.Circuit circuit = entry.circuit();
        row.putObject("circuit-breaker")
                .put("failure-ratio", circuit.failureRatio())
                .put("volume", circuit.volume())
                .put("open-for", text(circuit.openFor()))
                .put("half-open-successes", circuit.halfOpenSuccesses());
        row.put("region", entry.cloud().region())
                .put("location", entry.cloud().location())
                .put("api-version", entry.cloud().apiVersion());
        ArrayNode projects = row.putArray("projects");
        entry.cloud().projects().forEach(projects::add);
        entry.own().forEach(row::put);
        ObjectNode quirks = row.putObject("quirks");
        for (Map.Entry<String, String> quirk : new TreeMap<>(entry.quirks()).entrySet()) {
            quirks.put(quirk.getKey(), quirk.getValue());
        }
    }

    /** What is counted here and what was spent; what nobody has tried yet is null, and none is 0. */
    static void figures(ObjectNode row, @Nullable Figures now, Spent spent) {
        row.put("requests", now == null ? 0 : now.requests())
                .put("errors", now == null ? 0 : now.errors())
                .put("success_rate", now == null ? null : now.successRate())
                .put("mean_latency_ms", now == null ? null : now.meanLatencyMs())
                .put("p95_latency_ms", now == null ? null : now.p95LatencyMs());
        Instant here = now == null ? null : now.lastUsed();
        Instant anywhere = spent.newest();
        Instant last = here == null || (anywhere != null && anywhere.isAfter(here)) ? anywhere : here;
        row.put("spend_today_usd", spent.today())
                .put("spend_total_usd", spent.total())
                .put("last_used", last == null ? null : last.toString());
    }

    private void deployments(ArrayNode rows) {
        for (Deployment each : deployments) {
            if (each.isConfigured()) {
                rows.addObject()
                        .put("deployment", each.id())
                        .put("model", each.served().model())
                        .put("circuit", word(each.circuit()))
                        .put("misconfigured", each.misconfiguration());
            }
        }
    }

    /** As it is told. */
    static String word(Enum<?> state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /** As configuration writes it. */
    static String text(Duration time) {
        if (time.toMillis() % 1000 != 0) {
            return time.toMillis() + "ms";
        }
        return time.toSeconds() % 60 == 0 && !time.isZero() ? time.toMinutes() + "m" : time.toSeconds() + "s";
    }

    /** An address without who asks there: that may be a password. */
    static String withoutUser(String address) {
        int host = address.indexOf("://") + 3;
        int at = address.indexOf('@', host);
        int path = address.indexOf('/', host);
        return host < 3 || at < 0 || (path >= 0 && at > path)
                ? address
                : address.substring(0, host) + address.substring(at + 1);
    }
}
