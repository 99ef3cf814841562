package dev.signalbox.keys;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who may call. */
@ConfigMapping(prefix = "signalbox.auth")
public interface AuthConfig {

    /** {@code keys} or {@code open}; when not given, open if bound to loopback and no key is configured. */
    Optional<Mode> mode();

    /** The credential of the admin API; without it that API is closed in mode keys. */
    Optional<String> adminKey();

    /** Virtual keys, by name. */
    Map<String, KeyConfig> keys();

    /** Whether callers need a key. */
    enum Mode {
        /** Callers need a virtual key. */
        KEYS,
        /** Everyone on this machine may call. */
        OPEN
    }

    /** One virtual key. */
    interface KeyConfig {

        /** The secret itself. */
        Optional<String> key();

        /** Its SHA-256 in hexadecimal, in place of the secret. */
        Optional<String> keySha256();

        /** The team it belongs to. */
        Optional<String> team();

        /** Models it may ask for; all when not given. */
        Optional<List<String>> models();

        /** Providers that may serve it; all when not given. */
        Optional<Set<String>> providers();

        /** Request headers it may use, without {@code x-signalbox-}; all when not given. */
        Optional<Set<String>> controls();

        /** What it is told of {@code provider}, {@code cost} and {@code attempts}; all when not given. */
        Optional<Set<String>> disclose();
    }
}
