package dev.signalbox.keys;

import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** A store in memory, that several replicas can share and that can be away. */
final class MemoryKeyStore implements KeyStore {

    private final Map<String, KeyEntry> keys = new TreeMap<>();
    private final Map<String, TeamEntry> teams = new TreeMap<>();
    private long revision;
    private int readings;
    private boolean isAway;

    /** It answers nobody from now on, or again. */
    void away(boolean away) {
        isAway = away;
    }

    /** How often everything was read. */
    int readings() {
        return readings;
    }

    private <T> Uni<T> here(Supplier<T> work) {
        return Uni.createFrom().item(() -> {
            if (isAway) {
                throw new IllegalStateException("away");
            }
            return work.get();
        });
    }

    @Override
    public boolean isThere() {
        return true;
    }

    @Override
    public Uni<Long> revision() {
        return here(() -> revision);
    }

    @Override
    public Uni<Contents> contents() {
        return here(() -> {
            readings++;
            return new Contents(revision, List.copyOf(keys.values()), List.copyOf(teams.values()));
        });
    }

    @Override
    public Uni<Outcome> add(KeyEntry key) {
        return here(() -> {
            if (keys.values().stream().anyMatch(other -> other.name().equals(key.name()))) {
                return Outcome.TAKEN;
            }
            keys.put(key.id(), key);
            revision++;
            return Outcome.DONE;
        });
    }

    @Override
    public Uni<Outcome> replace(KeyEntry key) {
        return here(() -> {
            KeyEntry before = keys.get(key.id());
            if (before == null || before.mark().version() != key.mark().version() - 1) {
                return Outcome.STALE;
            }
            keys.put(key.id(), key);
            revision++;
            return Outcome.DONE;
        });
    }

    @Override
    public Uni<Outcome> removeKey(String id) {
        return here(() -> {
            revision++;
            return keys.remove(id) == null ? Outcome.STALE : Outcome.DONE;
        });
    }

    @Override
    public Uni<Outcome> add(TeamEntry team) {
        return here(() -> {
            if (teams.putIfAbsent(team.name(), team) != null) {
                return Outcome.TAKEN;
            }
            revision++;
            return Outcome.DONE;
        });
    }

    @Override
    public Uni<Outcome> replace(TeamEntry team) {
        return here(() -> {
            TeamEntry before = teams.get(team.name());
            if (before == null || before.mark().version() != team.mark().version() - 1) {
                return Outcome.STALE;
            }
            teams.put(team.name(), team);
            revision++;
            return Outcome.DONE;
        });
    }

    @Override
    public Uni<Outcome> removeTeam(String name) {
        return here(() -> {
            revision++;
            return teams.remove(name) == null ? Outcome.STALE : Outcome.DONE;
        });
    }
}
