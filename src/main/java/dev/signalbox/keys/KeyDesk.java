package dev.signalbox.keys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.keys.KeyStore.Outcome;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Gives out keys, changes and revokes them, and the same for teams. A change holds here at once, and elsewhere soon after. */
@Singleton
public class KeyDesk {

    private static final String BEGINNING = "sk-sb-";
    private static final int SECRET_BYTES = 32;
    private static final int MOST_TRIES = 5;
    private static final Set<String> OF_KEYS = with("name", KeyFields.OF_KEYS);
    private static final Set<String> OF_TEAMS = with("name", TermsJson.FIELDS);

    private final KeyBook book;
    private final KeyStore store;
    private final Clock clock;
    private final Supplier<String> secrets;

    /**
     * A key whose secret is known for this one moment.
     *
     * @param entry the key
     * @param secret what callers send
     */
    public record Issued(KeyEntry entry, String secret) {}

    /** For CDI. */
    @Inject
    public KeyDesk(KeyBook book, KeyStore store, Clock clock) {
        this(book, store, clock, KeyDesk::newSecret);
    }

    KeyDesk(KeyBook book, KeyStore store, Clock clock, Supplier<String> secrets) {
        this.book = book;
        this.store = store;
        this.clock = clock;
        this.secrets = secrets;
    }

    private static Set<String> with(String name, Set<String> others) {
        Set<String> all = new HashSet<>(others);
        all.add(name);
        return Set.copyOf(all);
    }

    private static String newSecret() {
        byte[] random = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(random);
        return BEGINNING + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /**
     * What all replicas have agreed on, as far as it can be known.
     *
     * @return ends when this replica knows it; while the store is away at once
     */
    public Uni<Void> caughtUp() {
        return book.refresh().onFailure().recoverWithNull().replaceWithVoid();
    }

    /**
     * Gives out a new key.
     *
     * @param body {@code name} and what else is said of it
     * @return fails with 400 naming the field, or 409 {@code conflict} when the name is taken
     */
    public Uni<Issued> issue(ObjectNode body) {
        return caughtUp().chain(() -> {
            KeyFields.requireKnown(body, OF_KEYS, "a key");
            String name = requireName(body);
            KeyFields fields = KeyFields.read(body.deepCopy().without("name"));
            requireFree(name, book.now().keyNamed(name));
            String secret = secrets.get();
            Digest digest = Digest.of(secret);
            var entry = new KeyEntry(
                    KeyEntry.idOf(digest),
                    name,
                    digest,
                    fields.team(),
                    fields.terms(),
                    fields.expiresAt(),
                    Mark.first(now()));
            return store.add(entry).chain(outcome -> {
                if (outcome != Outcome.DONE) {
                    throw taken(name);
                }
                return caughtUp().replaceWith(new Issued(entry, secret));
            });
        });
    }

    /**
     * Changes what is said of a key; what is not given stays, and null takes a value away.
     *
     * @return fails with 400 naming the field, 404, or 409 {@code conflict} when a file holds it or the new name is taken
     */
    public Uni<KeyEntry> change(String id, ObjectNode changes) {
        KeyFields.requireKnown(changes, OF_KEYS, "a key");
        String newName = changes.has("name") ? requireName(changes) : null;
        return replaced(id, key -> {
            String name = newName == null ? key.name() : newName;
            if (!name.equals(key.name())) {
                requireFree(name, book.now().keyNamed(name));
            }
            ObjectNode merged = KeyFields.merged(
                    KeyFields.of(key).write(), changes.deepCopy().without("name"));
            return key.changed(name, KeyFields.read(merged), now());
        });
    }

    /**
     * Gives a key another secret; the one before stops.
     *
     * @return fails with 404, or 409 {@code conflict} when a file holds it
     */
    public Uni<Issued> rotate(String id) {
        String secret = secrets.get();
        return replaced(id, key -> key.rotated(Digest.of(secret), now())).map(entry -> new Issued(entry, secret));
    }

    private Uni<KeyEntry> replaced(String id, Function<KeyEntry, KeyEntry> change) {
        return replaced(id, change, 1);
    }

    private Uni<KeyEntry> replaced(String id, Function<KeyEntry, KeyEntry> change, int tries) {
        return caughtUp().chain(() -> {
            KeyEntry before = book.key(id);
            requireStored("key", before.name(), before.mark());
            KeyEntry after = change.apply(before);
            return store.replace(after).chain(outcome -> switch (outcome) {
                case DONE -> caughtUp().replaceWith(after);
                case TAKEN -> Uni.createFrom().failure(taken(after.name()));
                case STALE ->
                    tries < MOST_TRIES
                            ? replaced(id, change, tries + 1)
                            : Uni.createFrom().failure(busy(before.name()));
            });
        });
    }

    /**
     * Revokes a key.
     *
     * @return fails with 404, or 409 {@code conflict} when a file holds it
     */
    public Uni<Void> revoke(String id) {
        return caughtUp().chain(() -> {
            KeyEntry key = book.key(id);
            requireStored("key", key.name(), key.mark());
            return store.removeKey(id).chain(_ -> caughtUp());
        });
    }

    /**
     * Makes a team.
     *
     * @param body {@code name} and what else is said of it
     * @return fails with 400 naming the field, or 409 {@code conflict} when the name is taken
     */
    public Uni<TeamEntry> found(ObjectNode body) {
        return caughtUp().chain(() -> {
            KeyFields.requireKnown(body, OF_TEAMS, "a team");
            String name = requireName(body);
            var team = new TeamEntry(name, TermsJson.read(body), Mark.first(now()));
            TeamEntry other = book.now().team(name);
            if (other != null) {
                requireStored("team", name, other.mark());
                throw taken(name);
            }
            return store.add(team).chain(outcome -> {
                if (outcome != Outcome.DONE) {
                    throw taken(name);
                }
                return caughtUp().replaceWith(team);
            });
        });
    }

    /**
     * Changes what is said of a team; what is not given stays, and null takes a value away.
     *
     * @return fails with 400 naming the field, 404, or 409 {@code conflict} when a file holds it
     */
    public Uni<TeamEntry> changeTeam(String name, ObjectNode changes) {
        KeyFields.requireKnown(changes, OF_TEAMS, "a team");
        if (changes.has("name") && !name.equals(requireName(changes))) {
            throw new InvalidRequest("name cannot be changed: teams are known by it", "name");
        }
        return changedTeam(name, changes.deepCopy().without("name"), 1);
    }

    private Uni<TeamEntry> changedTeam(String name, ObjectNode changes, int tries) {
        return caughtUp().chain(() -> {
            TeamEntry before = book.team(name);
            requireStored("team", name, before.mark());
            ObjectNode fields = Json.object();
            TermsJson.write(before.terms(), fields);
            Terms terms = TermsJson.read(KeyFields.merged(fields, changes));
            var after = new TeamEntry(name, terms, before.mark().changed(now()));
            return store.replace(after)
                    .chain(outcome -> outcome == Outcome.DONE
                            ? caughtUp().replaceWith(after)
                            : tries < MOST_TRIES
                                    ? changedTeam(name, changes, tries + 1)
                                    : Uni.createFrom().failure(busy(name)));
        });
    }

    /**
     * Removes a team; its keys stay, and are limited by themselves alone.
     *
     * @return fails with 404, or 409 {@code conflict} when a file holds it
     */
    public Uni<Void> dissolve(String name) {
        return caughtUp().chain(() -> {
            requireStored("team", name, book.team(name).mark());
            return store.removeTeam(name).chain(_ -> caughtUp());
        });
    }

    private static String requireName(ObjectNode body) {
        String name = KeyFields.name(body, "name");
        if (name == null) {
            throw new InvalidRequest("name is missing", "name");
        }
        return name;
    }

    private static void requireFree(String name, @Nullable KeyEntry other) {
        if (other != null) {
            requireStored("key", name, other.mark());
            throw taken(name);
        }
    }

    private static void requireStored(String what, String name, Mark mark) {
        if (mark.isFile()) {
            throw new SignalboxException(
                    409,
                    "conflict",
                    "%s '%s' is in a configuration file, which alone can change it".formatted(what, name),
                    "name");
        }
    }

    private static SignalboxException taken(String name) {
        return new SignalboxException(409, "conflict", "the name '" + name + "' is taken", "name");
    }

    private static SignalboxException busy(String name) {
        return new SignalboxException(
                409, "conflict", "'" + name + "' is being changed by others at the same time; try again", null);
    }
}
