package dev.signalbox.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.keys.Digest;
import dev.signalbox.keys.KeyEntry;
import dev.signalbox.keys.KeyFields;
import dev.signalbox.keys.KeyStore;
import dev.signalbox.keys.Mark;
import dev.signalbox.keys.TeamEntry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Typed;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.hibernate.exception.ConstraintViolationException;
import org.jboss.logging.Logger;

/** Keys and teams in the store, for all replicas. */
@ApplicationScoped
@Typed(PanacheKeyStore.class)
public class PanacheKeyStore implements KeyStore {

    private static final Logger LOG = Logger.getLogger(PanacheKeyStore.class);

    private final KeyTable table;
    private final Store store;
    private final Vertx vertx;

    PanacheKeyStore(KeyTable table, Store store, Vertx vertx) {
        this.table = table;
        this.store = store;
        this.vertx = vertx;
    }

    @Override
    public boolean isThere() {
        return store.isConfigured();
    }

    @Override
    public Uni<Long> revision() {
        return reading(() -> table.revision());
    }

    @Override
    public Uni<Contents> contents() {
        return reading(() -> table.contents()).map(PanacheKeyStore::contents);
    }

    private static Contents contents(String written) {
        JsonNode all;
        try {
            all = Json.read(written);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL wrote no JSON", e);
        }
        List<TeamEntry> teams = new ArrayList<>();
        Set<String> unreadable = new HashSet<>();
        for (JsonNode row : all.path("teams")) {
            String name = row.path("name").asText();
            try {
                KeyFields fields = KeyFields.read((ObjectNode) row.path("fields"));
                teams.add(new TeamEntry(name, fields.terms(), mark(row)));
            } catch (SignalboxException e) {
                unreadable.add(name);
                unreadable("team", name, e);
            }
        }
        List<KeyEntry> keys = new ArrayList<>();
        for (JsonNode row : all.path("keys")) {
            try {
                KeyEntry key = key(row);
                if (key.team() == null || !unreadable.contains(key.team())) {
                    keys.add(key);
                }
            } catch (SignalboxException | IllegalArgumentException e) {
                unreadable("key", row.path("id").asText(), e);
            }
        }
        return new Contents(all.path("revision").asLong(), keys, teams);
    }

    private static KeyEntry key(JsonNode row) {
        KeyFields fields = KeyFields.read((ObjectNode) row.path("fields"));
        return new KeyEntry(
                row.path("id").asText(),
                row.path("name").asText(),
                Digest.ofHex(row.path("digest").asText()),
                fields.team(),
                fields.terms(),
                fields.expiresAt(),
                mark(row));
    }

    private static Mark mark(JsonNode row) {
        return new Mark(
                row.path("version").asLong(),
                OffsetDateTime.parse(row.path("created_at").asText()).toInstant(),
                OffsetDateTime.parse(row.path("updated_at").asText()).toInstant());
    }

    /** One that a newer gateway wrote does not take the others along; but no key gets around the limits of its team. */
    private static void unreadable(String what, String id, RuntimeException why) {
        LOG.warnf("%s %s in the store cannot be read and does not hold: %s", what, id, why.getMessage());
    }

    @Override
    public Uni<Outcome> add(KeyEntry key) {
        return changing(
                () -> table.insertKey(key.id(), key.name(), key.digest().hex(), fields(key), key.mark()),
                Outcome.TAKEN);
    }

    @Override
    public Uni<Outcome> replace(KeyEntry key) {
        return changing(
                () -> table.updateKey(key.id(), key.name(), key.digest().hex(), fields(key), key.mark()),
                Outcome.STALE);
    }

    private static String fields(KeyEntry key) {
        return Json.text(KeyFields.of(key).write());
    }

    @Override
    public Uni<Outcome> removeKey(String id) {
        return changing(() -> table.deleteKey(id), Outcome.STALE);
    }

    @Override
    public Uni<Outcome> add(TeamEntry team) {
        return changing(() -> table.insertTeam(team.name(), fields(team), team.mark()), Outcome.TAKEN);
    }

    @Override
    public Uni<Outcome> replace(TeamEntry team) {
        return changing(() -> table.updateTeam(team.name(), fields(team), team.mark()), Outcome.STALE);
    }

    private static String fields(TeamEntry team) {
        return Json.text(KeyFields.of(team).write());
    }

    @Override
    public Uni<Outcome> removeTeam(String name) {
        return changing(() -> table.deleteTeam(name), Outcome.STALE);
    }

    private <T> Uni<T> reading(Supplier<Uni<T>> read) {
        return store.isReady() ? Apart.on(vertx, read) : Uni.createFrom().failure(unavailable("it is being started"));
    }

    private Uni<Outcome> changing(Supplier<Uni<Integer>> change, Outcome otherwise) {
        return reading(change)
                .map(count -> count > 0 ? Outcome.DONE : otherwise)
                .onFailure(ConstraintViolationException.class)
                .recoverWithItem(Outcome.TAKEN)
                .onFailure(failure -> !(failure instanceof SignalboxException))
                .transform(failure -> {
                    LOG.warnf("keys cannot be changed in the store: %s", failure);
                    return unavailable("it cannot be reached");
                });
    }

    private static SignalboxException unavailable(String why) {
        return new SignalboxException(
                503,
                "store_unavailable",
                "keys and teams cannot be changed now, since the store does not answer: " + why,
                null,
                List.of(),
                Duration.ofSeconds(1));
    }
}
