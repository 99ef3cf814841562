package dev.signalbox.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.ledger.SelectionJson;
import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** A row of the ledger in the store; written in batches by {@link RequestTable}, read here. */
@Entity
@Immutable
@Table(name = "request")
@SuppressWarnings("NullAway.Init") // Hibernate sets the fields
public class RequestRow extends PanacheEntityBase {

    private static final List<String> ATTEMPT = List.of("provider", "model", "status", "error", "duration_ms");

    @Id
    public String id;

    @Column(nullable = false)
    public Instant time;

    public @Nullable String model;

    public @Nullable String provider;

    public @Nullable String deployment;

    @Column(name = "key_id")
    public @Nullable String keyId;

    @Column(name = "key_name")
    public @Nullable String keyName;

    public @Nullable String team;

    @Column(name = "user_name")
    public @Nullable String user;

    @ColumnTransformer(read = "cast(tags as text)", write = "cast(? as jsonb)")
    public String tags;

    public String strategy;

    public boolean stream;

    public String cache;

    public int status;

    public @Nullable String error;

    public boolean estimated;

    @Column(name = "input_tokens")
    public long inputTokens;

    @Column(name = "output_tokens")
    public long outputTokens;

    @Column(name = "cached_tokens")
    public long cachedTokens;

    @Column(name = "cache_write_tokens")
    public long cacheWriteTokens;

    @Column(name = "reasoning_tokens")
    public long reasoningTokens;

    @Column(name = "cost_usd")
    public @Nullable BigDecimal costUsd;

    @Column(name = "latency_ms")
    public @Nullable Double latencyMs;

    @Column(name = "first_token_ms")
    public @Nullable Double firstTokenMs;

    @Column(name = "price_input")
    public @Nullable BigDecimal priceInput;

    @Column(name = "price_output")
    public @Nullable BigDecimal priceOutput;

    @Column(name = "price_cached_input")
    public @Nullable BigDecimal priceCachedInput;

    @Column(name = "price_cache_write")
    public @Nullable BigDecimal priceCacheWrite;

    @ColumnTransformer(read = "cast(attempts as text)", write = "cast(? as jsonb)")
    public String attempts;

    /** In the ledger's short form; null in rows of earlier versions, and when the request was refused before. */
    @ColumnTransformer(read = "cast(candidates as text)", write = "cast(? as jsonb)")
    public @Nullable String candidates;

    /** Likewise. */
    @ColumnTransformer(read = "cast(excluded as text)", write = "cast(? as jsonb)")
    public @Nullable String excluded;

    /** As it stands alone in the admin API. */
    ObjectNode toWholeJson() {
        ObjectNode row = toJson();
        SelectionJson.expand(
                row, candidates == null ? null : read(candidates), excluded == null ? null : read(excluded));
        return row;
    }

    /** As it stands in the admin API's lists. */
    ObjectNode toJson() {
        ObjectNode row = Json.object()
                .put("id", id)
                .put("time", time.toString())
                .put("model", model)
                .put("provider", provider)
                .put("deployment", deployment)
                .put("key_id", keyId)
                .put("key_name", keyName)
                .put("team", team)
                .put("user", user);
        row.set("tags", read(tags));
        row.put("strategy", strategy)
                .put("stream", stream)
                .put("cache", cache)
                .put("status", status)
                .put("error", error)
                .put("estimated", estimated)
                .put("input_tokens", inputTokens)
                .put("output_tokens", outputTokens)
                .put("cached_tokens", cachedTokens)
                .put("cache_write_tokens", cacheWriteTokens)
                .put("reasoning_tokens", reasoningTokens)
                .put("cost_usd", costUsd)
                .put("latency_ms", plain(latencyMs))
                .put("first_token_ms", plain(firstTokenMs));
        row.set(
                "price",
                priceInput == null
                        ? null
                        : Json.object()
                                .put("input", priceInput)
                                .put("output", priceOutput)
                                .put("cached_input", priceCachedInput)
                                .put("cache_write", priceCacheWrite));
        ArrayNode ordered = row.putArray("attempts");
        for (JsonNode attempt : read(attempts)) {
            ObjectNode one = ordered.addObject();
            ATTEMPT.forEach(key -> one.set(key, attempt.get(key)));
        }
        return row;
    }

    private static @Nullable BigDecimal plain(@Nullable Double value) {
        if (value == null) {
            return null;
        }
        BigDecimal exact = BigDecimal.valueOf(value).stripTrailingZeros();
        return exact.scale() < 0 ? exact.setScale(0) : exact;
    }

    private static JsonNode read(String json) {
        try {
            return Json.read(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the store holds no JSON where it should", e);
        }
    }
}
