package dev.signalbox.keys;

import dev.signalbox.chat.Caller;
import dev.signalbox.chat.SignalboxException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** The virtual keys and the admin key, by digest. */
@Singleton
public class KeyRing {

    private static final Pattern LOOPBACK = Pattern.compile("127(\\.\\d{1,3}){3}");

    private final KeyBook book;
    private final Clock clock;
    private final @Nullable Digest admin;
    private final boolean open;

    /** Reads the configuration; refuses to be open to more than this machine. */
    @Inject
    public KeyRing(
            AuthConfig config, KeyBook book, Clock clock, @ConfigProperty(name = "quarkus.http.host") String host) {
        this.book = book;
        this.clock = clock;
        this.admin =
                config.adminKey().filter(key -> !key.isBlank()).map(Digest::of).orElse(null);
        boolean loopback = isLoopback(host);
        this.open = config.mode()
                .map(mode -> mode == AuthConfig.Mode.OPEN)
                .orElse(loopback && config.keys().isEmpty());
        if (open && !loopback) {
            throw FileKeys.wrong(
                    "signalbox.auth.mode",
                    "is open, but quarkus.http.host is not a loopback address; bind to loopback or use mode keys");
        }
    }

    /** Whether everyone on this machine may call. */
    public boolean isOpen() {
        return open;
    }

    /**
     * Whether it is known who may call. A store that cannot be reached is waited for at the start, but not for long: keys that
     * files hold work without it.
     */
    public boolean isSettled() {
        return open || book.isSettled();
    }

    /** What becomes of the store's keys, for operators. */
    public String state() {
        return open ? "not asked for" : book.state();
    }

    /**
     * Whose credential that is.
     *
     * @param credential as the caller sent it; null when none was sent
     * @throws SignalboxException 401 {@code invalid_api_key}, when it is nobody's or holds no more; 503 when that cannot be known
     */
    public Caller identify(@Nullable String credential) {
        if (open) {
            return Caller.ANYONE;
        }
        if (credential == null || credential.isEmpty()) {
            throw refused("no API key was sent; send one as 'Authorization: Bearer KEY'");
        }
        Roll.Holding holding = book.now().find(Digest.of(credential));
        if (holding == null) {
            throw book.isComplete() ? refused("the API key is not known here") : notYet();
        }
        if (holding.expiresAt() != Long.MAX_VALUE && holding.expiresAt() <= clock.millis()) {
            throw refused("the API key has expired");
        }
        if (holding.isStored() && book.isOutdated()) {
            throw refused(
                    "it cannot be found out whether the API key still holds: the store has been away for too long");
        }
        return holding.caller();
    }

    private static SignalboxException refused(String message) {
        return new SignalboxException(401, "invalid_api_key", message, null);
    }

    /** A key that nobody could look up yet may be a good one. */
    private static SignalboxException notYet() {
        return new SignalboxException(
                503,
                "store_unavailable",
                "the API key cannot be looked up yet: the store does not answer",
                null,
                List.of(),
                Duration.ofSeconds(1));
    }

    /**
     * Lets only the operator pass.
     *
     * @throws SignalboxException 401 {@code invalid_api_key}
     */
    public void requireAdmin(@Nullable String credential) {
        if (open) {
            return;
        }
        if (admin == null) {
            throw new SignalboxException(
                    401, "invalid_api_key", "the admin API is closed: signalbox.auth.admin-key is not set", null);
        }
        if (credential == null || !Digest.of(credential).equals(admin)) {
            throw new SignalboxException(401, "invalid_api_key", "the admin key is missing or wrong", null);
        }
    }

    /** Whether an address is of this machine alone: localhost, 127.0.0.0/8 or ::1. */
    public static boolean isLoopback(String host) {
        return switch (host) {
            case "127.0.0.1", "localhost", "::1", "[::1]", "0:0:0:0:0:0:0:1" -> true;
            default ->
                host.equalsIgnoreCase("localhost") || LOOPBACK.matcher(host).matches();
        };
    }
}
