package dev.signalbox.provider.bedrock;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What requests to AWS are signed with.
 *
 * @param sessionToken goes with keys that are lent for a while; null with others
 * @param expires when they must be fetched anew; null: never
 */
record AwsCredentials(
        String accessKeyId,
        String secretAccessKey,
        @Nullable String sessionToken,
        @Nullable Instant expires) {

    /** The id alone: secrets must not be printed. */
    @Override
    public String toString() {
        return accessKeyId;
    }
}
