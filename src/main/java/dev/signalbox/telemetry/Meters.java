package dev.signalbox.telemetry;

import dev.signalbox.chat.Cost;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway counts, one cached meter for each set of labels: looking a meter up in the registry costs more than
 * recording. Labels come from configuration and from closed sets, never from callers.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/">GenAI metrics</a>
 */
@Singleton
public class Meters {

    /** The label of what has no configured name, so that callers cannot make new ones. */
    public static final String OTHER = "other";

    private final MeterRegistry registry;
    private final AtomicInteger active = new AtomicInteger();
    private final Timer overhead;
    // What keys of every request are compared by is written out: natively, what the compiler makes of a record is
    // interpreted
    // anew each time, which took a fifth of a request.
    private final ConcurrentHashMap<Answered, RequestMeters> requests = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Answered, Counter> costs = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Tried, Counter> attempts = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Fell, Counter> fallbacks = new ConcurrentHashMap<>();

    private record Answered(String model, String provider, int status) {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Answered that
                    && status == that.status
                    && model.equals(that.model)
                    && provider.equals(that.provider);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * model.hashCode() + provider.hashCode()) + status;
        }
    }

    private record Tried(String provider, String deployment, String outcome) {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Tried that
                    && provider.equals(that.provider)
                    && deployment.equals(that.deployment)
                    && outcome.equals(that.outcome);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * provider.hashCode() + deployment.hashCode()) + outcome.hashCode();
        }
    }

    private record Fell(String from, String to, String reason) {}

    private record RequestMeters(
            Counter count, Timer duration, Timer firstToken, DistributionSummary input, DistributionSummary output) {}

    /** Registers what needs no labels. */
    public Meters(MeterRegistry registry) {
        this.registry = registry;
        registry.gauge("signalbox_active_requests", active);
        this.overhead = Timer.builder("signalbox_overhead")
                .description("Time spent in the gateway itself")
                .serviceLevelObjectives(millis(1), millis(5), millis(25), millis(100))
                .register(registry);
    }

    private static Duration millis(int value) {
        return Duration.ofMillis(value);
    }

    /** A request was let in. */
    public void begun() {
        active.incrementAndGet();
    }

    /** A request that was let in has ended. */
    public void ended() {
        active.decrementAndGet();
    }

    /** How many requests are being answered. */
    public int active() {
        return active.get();
    }

    /**
     * One answered request.
     *
     * @param model a configured name or {@link #OTHER}
     * @param provider a configured name or {@link #OTHER}
     * @param status what the caller saw
     * @param firstTokenMs null when there was none
     * @param costUsd null when the price is unknown
     */
    public void answered(
            String model,
            String provider,
            int status,
            double durationMs,
            @Nullable Double firstTokenMs,
            double overheadMs,
            long inputTokens,
            long outputTokens,
            @Nullable Double costUsd) {
        var answered = new Answered(model, provider, status);
        RequestMeters known = requests.get(answered);
        RequestMeters meters = known == null ? requests.computeIfAbsent(answered, this::requestMeters) : known;
        meters.count().increment();
        meters.duration().record((long) (durationMs * 1_000_000), TimeUnit.NANOSECONDS);
        if (firstTokenMs != null) {
            meters.firstToken().record((long) (firstTokenMs * 1_000_000), TimeUnit.NANOSECONDS);
        }
        if (inputTokens > 0) {
            meters.input().record(inputTokens);
        }
        if (outputTokens > 0) {
            meters.output().record(outputTokens);
        }
        if (costUsd != null) {
            costs.computeIfAbsent(new Answered(model, provider, 0), this::cost).increment(costUsd);
        }
        overhead.record((long) (overheadMs * 1_000_000), TimeUnit.NANOSECONDS);
    }

    private RequestMeters requestMeters(Answered of) {
        Tags genAi = Tags.of(
                "gen_ai_operation_name",
                "chat",
                "gen_ai_request_model",
                of.model(),
                "gen_ai_provider_name",
                of.provider());
        return new RequestMeters(
                registry.counter(
                        "signalbox_requests",
                        Tags.of("model", of.model(), "provider", of.provider(), "status", String.valueOf(of.status()))),
                Timer.builder("gen_ai_client_operation_duration")
                        .tags(genAi.and("error_type", of.status() < 400 ? "" : String.valueOf(of.status())))
                        .serviceLevelObjectives(millis(100), millis(500), millis(2_500), millis(10_000), millis(60_000))
                        .register(registry),
                Timer.builder("gen_ai_server_time_to_first_token")
                        .tags(genAi)
                        .serviceLevelObjectives(millis(100), millis(500), millis(2_500), millis(10_000), millis(60_000))
                        .register(registry),
                tokens(genAi.and("gen_ai_token_type", "input")),
                tokens(genAi.and("gen_ai_token_type", "output")));
    }

    private Counter cost(Answered of) {
        return registry.counter("signalbox_cost_usd", Tags.of("model", of.model(), "provider", of.provider()));
    }

    private DistributionSummary tokens(Tags tags) {
        return DistributionSummary.builder("gen_ai_client_token_usage")
                .tags(tags)
                .serviceLevelObjectives(64, 1_024, 16_384, 262_144)
                .register(registry);
    }

    /**
     * One attempt.
     *
     * @param outcome {@code ok} or the kind of failure
     */
    public void attempted(String provider, String deployment, String outcome) {
        var tried = new Tried(provider, deployment, outcome);
        Counter known = attempts.get(tried);
        (known == null ? attempts.computeIfAbsent(tried, this::attempts) : known).increment();
    }

    private Counter attempts(Tried of) {
        return registry.counter(
                "signalbox_attempts",
                Tags.of("provider", of.provider(), "deployment", of.deployment(), "outcome", of.outcome()));
    }

    /** The next candidate was asked because another failed. */
    public void fellBack(String from, String to, String reason) {
        fallbacks
                .computeIfAbsent(
                        new Fell(from, to, reason),
                        f -> registry.counter(
                                "signalbox_fallbacks", Tags.of("from", f.from(), "to", f.to(), "reason", f.reason())))
                .increment();
    }

    /** A deployment was to be asked of which nobody knows what it costs. */
    public void unpriced(String deployment) {
        registry.counter("signalbox_pricing_unknown", Tags.of("deployment", deployment))
                .increment();
    }

    /** A second attempt was made, since the first was slow. */
    public void hedged(String model) {
        registry.counter("signalbox_hedges", Tags.of("model", model)).increment();
    }

    /** What a second attempt cost, or the first one that it overtook. */
    public void hedgeCost(String model, Cost cost) {
        registry.counter("signalbox_hedge_cost_usd", Tags.of("model", model)).increment(cost.picos() / 1e12);
    }

    /** A value that is looked up whenever metrics are read. */
    public void gauge(String name, Tags tags, Supplier<Number> value) {
        io.micrometer.core.instrument.Gauge.builder(name, value).tags(tags).register(registry);
    }
}
