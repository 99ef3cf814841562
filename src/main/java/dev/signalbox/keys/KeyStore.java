package dev.signalbox.keys;

import io.smallrye.mutiny.Uni;
import java.util.List;

/** Where keys and teams are kept that no file holds; all replicas have the same one. */
public interface KeyStore {

    /** What a store without anything in it holds. */
    Contents EMPTY = new Contents(-1, List.of(), List.of());

    /**
     * All of it at one moment.
     *
     * @param revision differs after every change
     * @param keys in any order
     * @param teams in any order
     */
    record Contents(long revision, List<KeyEntry> keys, List<TeamEntry> teams) {}

    /** What became of a change. */
    enum Outcome {
        /** It is kept, for every replica to see. */
        DONE,
        /** Something else has the name or the secret. */
        TAKEN,
        /** It is gone, or another change was faster. */
        STALE
    }

    /** Whether anything can be kept at all. */
    boolean isThere();

    /** What differs after every change; costs next to nothing. */
    Uni<Long> revision();

    /** All of it. */
    Uni<Contents> contents();

    /** Keeps a new key. */
    Uni<Outcome> add(KeyEntry key);

    /** Keeps a key in place of the one of the same id and the version before. */
    Uni<Outcome> replace(KeyEntry key);

    /** Removes a key, whatever its version. */
    Uni<Outcome> removeKey(String id);

    /** Keeps a new team. */
    Uni<Outcome> add(TeamEntry team);

    /** Keeps a team in place of the one of the same name and the version before. */
    Uni<Outcome> replace(TeamEntry team);

    /** Removes a team, whatever its version. */
    Uni<Outcome> removeTeam(String name);
}
