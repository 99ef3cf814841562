package dev.signalbox.keys;

import dev.signalbox.chat.Caller;
import dev.signalbox.chat.SignalboxException;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** The virtual keys and the admin key, by digest. */
@Singleton
public class KeyRing {

    private static final Pattern LOOPBACK = Pattern.compile("127(\\.\\d{1,3}){3}");
    private static final List<String> LISTS = List.of("models", "providers", "controls", "disclose");
    private static final Set<String> FACTS = Set.of("provider", "cost", "attempts");

    private final Map<Digest, Caller> callers = new HashMap<>();
    private final @Nullable Digest admin;
    private final boolean open;

    /** Reads the configuration; refuses to be open to more than this machine. */
    @Inject
    public KeyRing(AuthConfig config, Config raw, @ConfigProperty(name = "quarkus.http.host") String host) {
        this(config, isLoopback(host));
        config.keys().keySet().forEach(name -> refuseEmptyLists(raw, "signalbox.auth.keys." + name));
    }

    /** An empty list reads like "nothing" and would be taken for "everything", so it is neither. */
    private static void refuseEmptyLists(Config raw, String at) {
        for (String list : LISTS) {
            String written = raw.getConfigValue(at + "." + list).getRawValue();
            if (written != null && written.isBlank()) {
                throw wrong(at + "." + list, "is empty; leave it out to allow everything, or list what is allowed");
            }
        }
    }

    KeyRing(AuthConfig config, boolean loopback) {
        config.keys().forEach(this::add);
        this.admin =
                config.adminKey().filter(key -> !key.isBlank()).map(Digest::of).orElse(null);
        this.open = config.mode().map(mode -> mode == AuthConfig.Mode.OPEN).orElse(loopback && callers.isEmpty());
        if (open && !loopback) {
            throw wrong(
                    "signalbox.auth.mode",
                    "is open, but quarkus.http.host is not a loopback address; bind to loopback or use mode keys");
        }
    }

    private void add(String name, AuthConfig.KeyConfig key) {
        String at = "signalbox.auth.keys." + name;
        if (key.key().isPresent() == key.keySha256().isPresent()) {
            throw wrong(at, "say one of key and key-sha256");
        }
        Digest digest;
        try {
            digest = key.key()
                    .map(Digest::of)
                    .orElseGet(() -> Digest.ofHex(key.keySha256().orElseThrow()));
        } catch (IllegalArgumentException e) {
            throw wrong(at + ".key-sha256", "must be 64 hexadecimal digits");
        }
        Set<String> disclose = key.disclose().orElse(null);
        if (disclose != null && !FACTS.containsAll(disclose)) {
            throw wrong(at + ".disclose", "may list provider, cost and attempts");
        }
        Caller caller = new Caller(
                "key_" + digest.shortName(),
                name,
                key.team().orElse(null),
                key.models().orElse(List.of()),
                key.providers().orElse(Set.of()),
                key.controls().orElse(null),
                disclose);
        if (callers.put(digest, caller) != null) {
            throw wrong(at, "has the same secret as another key");
        }
    }

    private static ConfigurationException wrong(String key, String problem) {
        return new ConfigurationException(key + ": " + problem, Set.of(key));
    }

    /** Whether everyone on this machine may call. */
    public boolean isOpen() {
        return open;
    }

    /**
     * Whose credential that is.
     *
     * @param credential as the caller sent it; null when none was sent
     * @throws SignalboxException 401 {@code invalid_api_key}, when it is nobody's
     */
    public Caller identify(@Nullable String credential) {
        if (open) {
            return Caller.ANYONE;
        }
        Caller caller = credential == null || credential.isEmpty() ? null : callers.get(Digest.of(credential));
        if (caller == null) {
            throw new SignalboxException(
                    401,
                    "invalid_api_key",
                    credential == null || credential.isEmpty()
                            ? "no API key was sent; send one as 'Authorization: Bearer KEY'"
                            : "the API key is not known here",
                    null);
        }
        return caller;
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
