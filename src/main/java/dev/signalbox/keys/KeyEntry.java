package dev.signalbox.keys;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One virtual key, without its secret.
 *
 * @param id what it is known by for as long as it lives
 * @param name what people call it
 * @param digest of its secret
 * @param team the team it belongs to; null: none
 * @param terms what it may do, and how much
 * @param expiresAt when it ends; null: never
 * @param mark where it is kept, and since when
 */
public record KeyEntry(
        String id,
        String name,
        Digest digest,
        @Nullable String team,
        Terms terms,
        @Nullable Instant expiresAt,
        Mark mark) {

    /** What a new key with that secret is known by: it tells nothing about the secret. */
    static String idOf(Digest digest) {
        return "key_" + digest.shortName();
    }

    /** The same key after a change. */
    KeyEntry changed(String newName, KeyFields fields, Instant now) {
        return new KeyEntry(id, newName, digest, fields.team(), fields.terms(), fields.expiresAt(), mark.changed(now));
    }

    /** The same key with another secret. */
    KeyEntry rotated(Digest other, Instant now) {
        return new KeyEntry(id, name, other, team, terms, expiresAt, mark.changed(now));
    }
}
