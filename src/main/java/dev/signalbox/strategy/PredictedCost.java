package dev.signalbox.strategy;

import dev.signalbox.chat.Tariff;
import dev.signalbox.chat.Usage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a request will probably cost: exact arithmetic on expected tokens. */
public final class PredictedCost {

    private PredictedCost() {}

    /**
     * In pico-dollars: {@code (prompt - warm) x input + warm x cached-input + output x output}.
     *
     * @param tariff of the deployment; null when unknown, and then so is the cost
     * @param time when the request came
     * @param promptTokens of the whole prompt
     * @param warmTokens how many of its first the vendor probably reads from its cache
     * @param outputTokens of the expected answer
     */
    public static @Nullable Long of(
            @Nullable Tariff tariff, Instant time, long promptTokens, long warmTokens, long outputTokens) {
        if (tariff == null) {
            return null;
        }
        long warm = Math.clamp(warmTokens, 0, promptTokens);
        return tariff.at(time, promptTokens)
                .of(new Usage(promptTokens - warm, warm, 0, outputTokens, 0))
                .picos();
    }
}
