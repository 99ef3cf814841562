package dev.signalbox.chat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, as far as the rest of the gateway needs to know. What a key may do, its team must allow as well.
 *
 * @param keyId the id of the virtual key; null in open mode
 * @param keyName its name; null in open mode
 * @param team its team; null when it has none
 * @param rights what the key may do
 * @param teamRights what its team may do
 * @param grants what the key and its team may use at most, the key's first; without those that limit nothing
 * @param tags of the key and its team, kept in the ledger
 */
public record Caller(
        @Nullable String keyId,
        @Nullable String keyName,
        @Nullable String team,
        Rights rights,
        Rights teamRights,
        List<Grant> grants,
        Map<String, String> tags) {

    /** Whoever calls a gateway that asks for no key. */
    public static final Caller ANYONE = new Caller(null, null, null, Rights.ALL, Rights.ALL, List.of(), Map.of());

    public Caller {
        grants = List.copyOf(grants);
        tags = Map.copyOf(tags);
    }

    /** A key without limits. */
    public Caller(
            @Nullable String keyId,
            @Nullable String keyName,
            @Nullable String team,
            List<String> models,
            Set<String> providers,
            @Nullable Set<String> controls,
            @Nullable Set<String> disclose) {
        this(keyId, keyName, team, new Rights(models, providers, controls, disclose), Rights.ALL, List.of(), Map.of());
    }

    /** Whether the caller may ask for that public model name. */
    public boolean mayUseModel(String model) {
        return rights.mayUseModel(model) && teamRights.mayUseModel(model);
    }

    /** Whether the caller may ask for a model that has two names: by either of them. */
    public boolean mayUseModel(String asked, String name) {
        return (rights.mayUseModel(asked) || rights.mayUseModel(name))
                && (teamRights.mayUseModel(asked) || teamRights.mayUseModel(name));
    }

    /** Whether the caller may be served by that provider. */
    public boolean mayUseProvider(String provider) {
        return rights.mayUseProvider(provider) && teamRights.mayUseProvider(provider);
    }

    /** Whether the caller may be served by every provider. */
    public boolean mayUseEveryProvider() {
        return rights.providers().isEmpty() && teamRights.providers().isEmpty();
    }

    /** Whether the caller may use that request header. */
    public boolean mayControl(String control) {
        return rights.mayControl(control) && teamRights.mayControl(control);
    }

    /** Whether the caller is told that. */
    public boolean isTold(String fact) {
        return rights.isTold(fact) && teamRights.isTold(fact);
    }
}
