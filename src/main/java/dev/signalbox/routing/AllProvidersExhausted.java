package dev.signalbox.routing;

import dev.signalbox.chat.Attempt;
import dev.signalbox.chat.SignalboxException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** 503 {@code all_providers_exhausted}: every candidate failed or is unavailable. */
class AllProvidersExhausted extends SignalboxException {

    private static final long serialVersionUID = 1;

    AllProvidersExhausted(String message, List<Attempt> attempts, @Nullable Duration retryAfter) {
        super(503, "all_providers_exhausted", message, null, attempts, retryAfter);
    }

    /** Nobody was asked, because everyone rests, and the rest is over by now: planning anew is worth it. */
    static final class RestIsOver extends AllProvidersExhausted {

        private static final long serialVersionUID = 1;

        RestIsOver(AllProvidersExhausted cause) {
            super(cause.message(), cause.attempts(), cause.retryAfter());
        }
    }
}
