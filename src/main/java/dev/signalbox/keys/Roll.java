package dev.signalbox.keys;

import dev.signalbox.chat.Caller;
import dev.signalbox.chat.Grant;
import dev.signalbox.chat.Rights;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All keys and teams at one moment; never changed, but replaced as a whole. What a file holds goes before what the store holds
 * under the same name.
 */
final class Roll {

    private final long revision;
    private final Map<Digest, Holding> byDigest = new HashMap<>();
    private final TreeMap<String, KeyEntry> keys = new TreeMap<>();
    private final Map<String, KeyEntry> byId = new HashMap<>();
    private final TreeMap<String, TeamEntry> teams = new TreeMap<>();

    /**
     * A key as a request finds it.
     *
     * @param caller who has it
     * @param expiresAt in milliseconds since 1970
     * @param isStored whether only the store knows that it still holds
     */
    record Holding(Caller caller, long expiresAt, boolean isStored) {}

    /** @param stored what the store holds */
    Roll(FileKeys file, KeyStore.Contents stored) {
        this.revision = stored.revision();
        Stream.concat(file.teams().stream(), stored.teams().stream())
                .forEach(team -> teams.putIfAbsent(team.name(), team));
        Stream.concat(file.keys().stream(), stored.keys().stream()).forEach(this::add);
    }

    private void add(KeyEntry key) {
        if (byDigest.containsKey(key.digest()) || keys.putIfAbsent(key.name(), key) != null) {
            return;
        }
        byId.put(key.id(), key);
        byDigest.put(
                key.digest(),
                new Holding(
                        caller(key),
                        key.expiresAt() == null
                                ? Long.MAX_VALUE
                                : key.expiresAt().toEpochMilli(),
                        !key.mark().isFile()));
    }

    private Caller caller(KeyEntry key) {
        TeamEntry team = key.team() == null ? null : teams.get(key.team());
        Terms own = key.terms();
        List<Grant> grants = new ArrayList<>(2);
        grants.add(own.grant(Grant.Holder.KEY, key.id()));
        grants.add(team == null ? null : team.terms().grant(Grant.Holder.TEAM, team.name()));
        grants.removeIf(Objects::isNull);
        Map<String, String> tags =
                new HashMap<>(team == null ? Map.of() : team.terms().tags());
        tags.putAll(own.tags());
        return new Caller(
                key.id(),
                key.name(),
                key.team(),
                own.rights(),
                team == null ? Rights.ALL : team.terms().rights(),
                grants,
                tags);
    }

    /** What the store called its state. */
    long revision() {
        return revision;
    }

    /** Who has the secret of that digest; null: nobody. */
    @Nullable Holding find(Digest digest) {
        return byDigest.get(digest);
    }

    /** The key of that id; null: there is none. */
    @Nullable KeyEntry key(String id) {
        return byId.get(id);
    }

    /** The key of that name; null: there is none. */
    @Nullable KeyEntry keyNamed(String name) {
        return keys.get(name);
    }

    /** The team of that name; null: there is none. */
    @Nullable TeamEntry team(String name) {
        return teams.get(name);
    }

    /** Keys by name, from behind that one on. */
    Collection<KeyEntry> keysAfter(String name) {
        return keys.tailMap(name, false).values();
    }

    /** Teams by name, from behind that one on. */
    Collection<TeamEntry> teamsAfter(String name) {
        return teams.tailMap(name, false).values();
    }
}
