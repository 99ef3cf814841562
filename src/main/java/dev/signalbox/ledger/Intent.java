package dev.signalbox.ledger;

import dev.signalbox.chat.Price;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is written before an exchange's first dispatch, so that a process that dies leaves a trace: with no row of the
 * same id it becomes a row {@code aborted}.
 *
 * @param promptTokens an estimate of the prompt, from its length
 */
public record Intent(
        String id,
        Instant time,
        @Nullable String model,
        String provider,
        String deployment,
        @Nullable String keyId,
        @Nullable String keyName,
        @Nullable String team,
        @Nullable String user,
        Map<String, String> tags,
        String strategy,
        boolean stream,
        long promptTokens,
        @Nullable Price price) {}
