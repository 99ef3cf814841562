package dev.signalbox.catalogue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.catalogue.DefinitionStore.Contents;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.SignalboxException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Changes providers and models while requests run, and follows what other replicas change. A change is made on what the store
 * has now, checked whole, and kept only if nobody was faster; then, and twice a second, whatever the store has is put in force.
 */
@Singleton
public class Changes {

    private static final Logger LOG = Logger.getLogger(Changes.class);
    private static final long LOOK_MILLIS = 500;
    private static final int MOST_TRIES = 10;

    /** How long a start waits for the store before it is ready without what is in there. */
    private static final long PATIENCE_NANOS = 5_000_000_000L;

    private final Catalogue catalogue;
    private final DefinitionStore store;
    private final Vertx vertx;
    private final Sealing sealing;
    private final AtomicBoolean isLooking = new AtomicBoolean();
    private final long startedAt = System.nanoTime();
    private long timer = -1;
    private volatile long version = -1;
    private volatile boolean isAwayReported;

    /**
     * What one change does.
     *
     * @param next all that there is afterwards
     * @param put what is new or different; null: something is gone
     * @param gone what is gone; null: nothing
     */
    private record Edit(
            Definitions next,
            @Nullable Definition put,
            @Nullable Definition gone) {}

    private record Planned(long on, Edit edit) {}

    /** For CDI. */
    public Changes(Catalogue catalogue, Instance<DefinitionStore> store, Vertx vertx, Config raw) {
        this.catalogue = catalogue;
        this.store = store.get();
        this.vertx = vertx;
        this.sealing = new Sealing(
                new Seal(raw.getOptionalValue(Seal.VARIABLE, String.class).orElse(null)));
    }

    void start(@Observes @Priority(Integer.MAX_VALUE) StartupEvent event) {
        if (store.isConfigured()) {
            timer = vertx.setPeriodic(LOOK_MILLIS, _ -> look());
        }
    }

    void stop(@Observes ShutdownEvent event) {
        if (timer >= 0) {
            vertx.cancelTimer(timer);
        }
    }

    /** Whether what the store has is in force, or it has been away for long enough to go on without. */
    public boolean isReady() {
        return !store.isConfigured() || version >= 0 || System.nanoTime() - startedAt > PATIENCE_NANOS;
    }

    private void look() {
        if (!store.isReady() || !isLooking.compareAndSet(false, true)) {
            return;
        }
        store.version()
                .chain(now -> now == version ? Uni.createFrom().voidItem() : load())
                .onTermination()
                .invoke(() -> isLooking.set(false))
                .subscribe()
                .with(
                        _ -> {
                            if (isAwayReported) {
                                isAwayReported = false;
                                LOG.info("what was changed over the admin API can be followed again");
                            }
                        },
                        failure -> {
                            if (!isAwayReported) {
                                isAwayReported = true;
                                LOG.warnf(
                                        "what is changed over the admin API cannot be followed for now: %s",
                                        failure.getMessage());
                            }
                        });
    }

    private Uni<Void> load() {
        return store.read()
                .chain(contents -> apart(() -> {
                    adopt(contents);
                    return contents;
                }))
                .replaceWithVoid();
    }

    /** Puts in force what is newer than what is. */
    private synchronized void adopt(Contents contents) {
        if (contents.version() > version) {
            catalogue.adopt(sealing.opened(contents));
            version = contents.version();
        }
    }

    /** Adds a provider or model. */
    public Uni<Void> create(Definition.Type type, String name, ObjectNode keys) {
        return change(now -> {
            requireName(type, name);
            requireFree(type, name);
            if (now.find(type, name) != null) {
                throw conflict("there is a " + type.word() + " '" + name + "' already");
            }
            return put(now, new Definition(type, name, keys));
        });
    }

    /**
     * Changes some keys of one: what a member says is put in the key's place, an object's members in theirs; null takes a key
     * away.
     */
    public Uni<Void> patch(Definition.Type type, String name, ObjectNode changes) {
        return change(now -> {
            Definition before = existing(now, type, name);
            ObjectNode keys = before.keys().deepCopy();
            merge(keys, changes);
            if (type == Definition.Type.PROVIDER) {
                requireCredentials(before, keys, changes);
            }
            return put(now, new Definition(type, name, keys));
        });
    }

    /** Takes one away. */
    public Uni<Void> delete(Definition.Type type, String name) {
        return change(now -> {
            Definition gone = existing(now, type, name);
            List<String> referrers = catalogue.referrers(type, name);
            if (!referrers.isEmpty()) {
                throw conflict(type.word() + " '" + name + "' is referred to by " + String.join(", ", referrers));
            }
            return new Edit(now.without(gone), null, gone);
        });
    }

    private static void requireName(Definition.Type type, String name) {
        try {
            Definition.requireName(type, name);
        } catch (InvalidConfig e) {
            throw new InvalidRequest("name: " + e.problem(), "name");
        }
    }

    private static Edit put(Definitions now, Definition definition) {
        return new Edit(now.with(definition), definition, null);
    }

    private Definition existing(Definitions now, Definition.Type type, String name) {
        Definition found = now.find(type, name);
        if (found == null || catalogue.isOfTheStart(type, name)) {
            requireFree(type, name);
            boolean builtIn = type == Definition.Type.PROVIDER
                    ? catalogue.current().providers().containsKey(name)
                    : catalogue.current().models().containsKey(name);
            if (builtIn) {
                throw conflict(type.word() + " '" + name + "' is built in; add others, and it goes");
            }
            throw new SignalboxException(404, "not_found", "there is no " + type.word() + " " + name, null);
        }
        return found;
    }

    private void requireFree(Definition.Type type, String name) {
        if (catalogue.isOfTheStart(type, name)) {
            boolean file = catalogue.source(type, name) == Catalogue.Source.FILE;
            throw conflict(
                    "%s '%s' is configured by %s, which goes before what comes over the admin API; change it there"
                            .formatted(type.word(), name, file ? "a file" : "the environment"));
        }
    }

    private static SignalboxException conflict(String message) {
        return new SignalboxException(409, "conflict", message, "name");
    }

    static void merge(ObjectNode into, ObjectNode changes) {
        changes.properties().forEach(change -> {
            if (change.getValue().isNull()) {
                into.remove(change.getKey());
            } else if (change.getValue() instanceof ObjectNode members
                    && into.get(change.getKey()) instanceof ObjectNode known) {
                merge(known, members);
            } else {
                into.set(change.getKey(), change.getValue().deepCopy());
            }
        });
    }

    /** Nobody gets to know a secret by sending it to an address of theirs. */
    static void requireCredentials(Definition before, ObjectNode after, ObjectNode changes) {
        boolean moved = !before.keys().path("base-url").equals(after.path("base-url"))
                || !before.keys().path("kind").equals(after.path("kind"));
        if (before.locked() && Definition.SECRETS.stream().noneMatch(changes::has)) {
            throw new InvalidRequest("its credentials cannot be read any more: give them again", "api-keys");
        }
        for (String secret : Definition.SECRETS) {
            if (moved && before.keys().has(secret)) {
                if (!changes.has(secret)) {
                    throw new InvalidRequest(secret + " must be given again when base-url or kind changes", secret);
                }
                if (changes.path(secret) instanceof ObjectNode given) {
                    after.set(secret, given.deepCopy());
                }
            }
        }
    }

    private Uni<Void> change(Function<Definitions, Edit> change) {
        if (!store.isConfigured()) {
            return Uni.createFrom()
                    .failure(new SignalboxException(
                            400,
                            "store_required",
                            "signalbox.store.kind is none: there is nowhere to keep this; configure a store, or a file",
                            null));
        }
        return change(change, MOST_TRIES);
    }

    private Uni<Void> change(Function<Definitions, Edit> change, int tries) {
        return store.read()
                .chain(contents -> apart(() -> planned(contents, change)))
                .chain(planned -> keep(planned))
                .chain(kept -> {
                    if (kept) {
                        return load();
                    }
                    return tries > 1
                            ? change(change, tries - 1)
                            : Uni.createFrom()
                                    .failure(conflict("others change the configuration at the same time; try again"));
                });
    }

    private Planned planned(Contents contents, Function<Definitions, Edit> change) {
        Definitions now = sealing.opened(contents);
        adopt(contents);
        Edit edit = change.apply(now);
        try {
            catalogue.check(edit.next(), edit.put());
            return new Planned(contents.version(), edit);
        } catch (InvalidConfig e) {
            throw refused(e, edit.put());
        }
    }

    /** In the words of the caller, who knows nothing of where a definition stands. */
    private static InvalidRequest refused(InvalidConfig invalid, @Nullable Definition changed) {
        if (changed == null || !changed.holds(invalid.key())) {
            return new InvalidRequest(invalid.key() + ": " + invalid.problem(), null);
        }
        String field = changed.field(invalid.key());
        int words = field.indexOf(" (");
        String key = words < 0 ? field : field.substring(0, words);
        return key.isEmpty()
                ? new InvalidRequest(invalid.problem(), "name")
                : new InvalidRequest(key + ": " + invalid.problem(), key);
    }

    private Uni<Boolean> keep(Planned planned) {
        Edit edit = planned.edit();
        Definition put = edit.put();
        if (put != null) {
            return store.put(planned.on(), sealing.row(put));
        }
        Definition gone = edit.gone();
        return gone == null ? Uni.createFrom().item(true) : store.delete(planned.on(), gone.type(), gone.name());
    }

    /** On a thread that may wait: providers are connected there. */
    private <T> Uni<T> apart(Callable<T> work) {
        return Uni.createFrom()
                .completionStage(() -> vertx.executeBlocking(work, true).toCompletionStage());
    }
}
