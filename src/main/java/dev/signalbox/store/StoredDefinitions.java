package dev.signalbox.store;

import dev.signalbox.catalogue.Definition;
import dev.signalbox.catalogue.DefinitionStore;
import dev.signalbox.chat.SignalboxException;
import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Providers and models that came over the admin API, where every replica finds them. */
@ApplicationScoped
public class StoredDefinitions implements DefinitionStore {

    private static final Logger LOG = Logger.getLogger(StoredDefinitions.class);

    private final DefinitionTable table;
    private final Store store;
    private final Vertx vertx;

    StoredDefinitions(DefinitionTable table, Store store, Vertx vertx) {
        this.table = table;
        this.store = store;
        this.vertx = vertx;
    }

    @Override
    public boolean isConfigured() {
        return store.isConfigured();
    }

    @Override
    public boolean isReady() {
        return store.isReady();
    }

    @Override
    public Uni<Long> version() {
        return answering(table::version);
    }

    @Override
    public Uni<Contents> read() {
        return answering(table::read);
    }

    @Override
    public Uni<Boolean> put(long expected, Row row) {
        return answering(() -> table.put(expected, row));
    }

    @Override
    public Uni<Boolean> delete(long expected, Definition.Type type, String name) {
        return answering(() -> table.delete(expected, type, name));
    }

    private <T> Uni<T> answering(Supplier<Uni<T>> work) {
        if (!store.isReady()) {
            return Uni.createFrom().failure(unavailable("it is being started"));
        }
        return apart(work).onFailure().transform(failure -> {
            LOG.debug("the store does not answer", failure);
            return unavailable("it cannot be reached");
        });
    }

    private static SignalboxException unavailable(String why) {
        return new SignalboxException(
                503, "store_unavailable", "the store does not answer: " + why, null, List.of(), Duration.ofSeconds(1));
    }

    /** A session lives on a context of its own, since anyone may ask. */
    private <T> Uni<T> apart(Supplier<Uni<T>> work) {
        return Uni.createFrom().emitter(emitter -> {
            Context own = Objects.requireNonNull(VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext()));
            VertxContextSafetyToggle.setContextSafe(own, true);
            own.runOnContext(_ -> Uni.createFrom()
                    .voidItem()
                    .chain(() -> work.get())
                    .subscribe()
                    .with(emitter::complete, emitter::fail));
        });
    }
}
