package dev.signalbox.ledger;

import dev.signalbox.chat.Attempt;
import dev.signalbox.chat.Cost;
import dev.signalbox.chat.Price;
import dev.signalbox.chat.Selection;
import dev.signalbox.chat.Usage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of the ledger: an answered request.
 *
 * @param id the gateway's id of the request, as in {@code x-signalbox-request-id}
 * @param time when it came
 * @param model the public name of the model; as asked when there is no such model, null when none was named
 * @param provider the provider that answered, or was asked last; null when none was
 * @param deployment its deployment, {@code provider/upstream-model}
 * @param keyId the virtual key; null in open mode
 * @param status the HTTP status the caller saw; 499 after a hang-up, 502 after a broken stream
 * @param error the stable code of what went wrong, such as {@code all_providers_exhausted} or {@code aborted}; null: nothing
 * @param cache what the reply cache did; {@code off} when it is not used
 * @param estimated whether the gateway had to count the tokens itself
 * @param usage tokens in disjoint buckets
 * @param cost what it cost; null when the price is unknown
 * @param price the price in force; null when unknown
 * @param latencyMs from arrival to the end, in milliseconds; not a number when nobody saw the end
 * @param firstTokenMs from arrival to the first token; null when there was none
 * @param attempts what was tried, oldest first
 * @param selection who could have answered, and who could not; null when it did not come to that
 */
public record Entry(
        String id,
        Instant time,
        @Nullable String model,
        @Nullable String provider,
        @Nullable String deployment,
        @Nullable String keyId,
        @Nullable String keyName,
        @Nullable String team,
        @Nullable String user,
        Map<String, String> tags,
        String strategy,
        boolean stream,
        String cache,
        int status,
        @Nullable String error,
        boolean estimated,
        Usage usage,
        @Nullable Cost cost,
        @Nullable Price price,
        double latencyMs,
        @Nullable Double firstTokenMs,
        List<Attempt> attempts,
        @Nullable Selection selection) {}
