package dev.signalbox.keys;

import dev.signalbox.chat.SignalboxException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;

/** Of a gateway without a store: all keys and teams are in files. */
@Singleton
@Typed(NoKeyStore.class)
public class NoKeyStore implements KeyStore {

    @Override
    public boolean isThere() {
        return false;
    }

    @Override
    public Uni<Long> revision() {
        return Uni.createFrom().item(EMPTY.revision());
    }

    @Override
    public Uni<Contents> contents() {
        return Uni.createFrom().item(EMPTY);
    }

    @Override
    public Uni<Outcome> add(KeyEntry key) {
        return refused();
    }

    @Override
    public Uni<Outcome> replace(KeyEntry key) {
        return refused();
    }

    @Override
    public Uni<Outcome> removeKey(String id) {
        return refused();
    }

    @Override
    public Uni<Outcome> add(TeamEntry team) {
        return refused();
    }

    @Override
    public Uni<Outcome> replace(TeamEntry team) {
        return refused();
    }

    @Override
    public Uni<Outcome> removeTeam(String name) {
        return refused();
    }

    private static Uni<Outcome> refused() {
        return Uni.createFrom()
                .failure(new SignalboxException(
                        409,
                        "conflict",
                        "this gateway has no store (signalbox.store.kind is none): keys and teams come from"
                                + " signalbox.auth.keys and signalbox.auth.teams alone",
                        null));
    }
}
