package dev.signalbox.keys;

import dev.signalbox.chat.Grant;
import io.smallrye.config.ConfigMapping;
import java.math.BigDecimal;
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

    /** Groups of keys with limits in common, by name. */
    Map<String, TeamConfig> teams();

    /** Whether callers need a key. */
    enum Mode {
        /** Callers need a virtual key. */
        KEYS,
        /** Everyone on this machine may call. */
        OPEN
    }

    /** One virtual key. */
    interface KeyConfig extends TermsConfig {

        /** The secret itself. */
        Optional<String> key();

        /** Its SHA-256 in hexadecimal, in place of the secret. */
        Optional<String> keySha256();

        /** The team it belongs to, whose rights and limits hold beside its own. */
        Optional<String> team();

        /** When it ends, such as {@code 2027-01-01T00:00:00Z}; never when not given. */
        Optional<String> expiresAt();
    }

    /** A group of keys. Its rights and limits hold for each of them, beside its own, and for all of them together. */
    interface TeamConfig extends TermsConfig {}

    /** What keys and teams may do, and how much. */
    interface TermsConfig {

        /** Models it may ask for; all when not given. */
        Optional<List<String>> models();

        /** Providers that may serve it; all when not given. */
        Optional<Set<String>> providers();

        /** Request headers it may use, without {@code x-signalbox-}; all when not given. */
        Optional<Set<String>> controls();

        /** What it is told of {@code provider}, {@code cost} and {@code attempts}; all when not given. */
        Optional<Set<String>> disclose();

        /** How much it may spend; any amount when not given. */
        Optional<BudgetConfig> budget();

        /** How fast it may ask. */
        RateLimitConfig rateLimit();

        /** Kept in the ledger with each of its requests. */
        Map<String, String> tags();
    }

    /** How much may be spent. */
    interface BudgetConfig {

        /** US dollars in each window. */
        BigDecimal limitUsd();

        /** {@code day}, {@code week} (from Monday) or {@code month}, all in UTC, or {@code total}. */
        Grant.Window window();
    }

    /** How fast may be asked; anything that is not given is not limited. */
    interface RateLimitConfig {

        /** Requests in any 60 seconds. */
        Optional<Integer> requestsPerMinute();

        /** Tokens of prompts and answers in any 60 seconds. */
        Optional<Long> tokensPerMinute();

        /** Requests at the same time. */
        Optional<Integer> concurrent();
    }
}
