package dev.signalbox.dialect.anthropic;

import dev.signalbox.chat.Quota;
import java.time.Instant;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What is left of a minute, in the headers of this language.
 *
 * @see <a href="https://platform.claude.com/docs/en/api/rate-limits#response-headers">Response headers</a>
 */
final class AnthropicQuota {

    private AnthropicQuota() {}

    static void tell(Quota quota, BiConsumer<String, String> headers) {
        tell("anthropic-ratelimit-requests-", quota.requests(), quota.time(), headers);
        tell("anthropic-ratelimit-tokens-", quota.tokens(), quota.time(), headers);
    }

    private static void tell(String names, Quota.@Nullable Left left, Instant now, BiConsumer<String, String> headers) {
        if (left != null) {
            headers.accept(names + "limit", String.valueOf(left.limit()));
            headers.accept(names + "remaining", String.valueOf(left.remaining()));
            headers.accept(names + "reset", Quota.at(now, left.reset()));
        }
    }
}
