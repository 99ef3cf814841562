package dev.signalbox.store;

import dev.signalbox.keys.Mark;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/** The tables of virtual keys and teams, and the number of their last change. */
@ApplicationScoped
public class KeyTable {

    private static final String CONTENTS = """
        select cast(json_build_object(
            'revision', r.revision,
            'keys', (select coalesce(json_agg(k), cast('[]' as json)) from virtual_key k),
            'teams', (select coalesce(json_agg(t), cast('[]' as json)) from team t)) as text)
        from key_revision r
        """;

    private static final String INSERT_KEY = """
        insert into virtual_key (id, name, digest, fields, version, created_at, updated_at)
        values (:id, :name, :digest, cast(cast(:fields as text) as jsonb), :version, :created, :updated)
        on conflict do nothing
        """;

    private static final String UPDATE_KEY = """
        update virtual_key set name = :name, digest = :digest, fields = cast(cast(:fields as text) as jsonb),
            version = :version, updated_at = :updated
        where id = :id and version = cast(:version as bigint) - 1
        """;

    private static final String INSERT_TEAM = """
        insert into team (name, fields, version, created_at, updated_at)
        values (:name, cast(cast(:fields as text) as jsonb), :version, :created, :updated)
        on conflict do nothing
        """;

    private static final String UPDATE_TEAM = """
        update team set fields = cast(cast(:fields as text) as jsonb), version = :version, updated_at = :updated
        where name = :name and version = cast(:version as bigint) - 1
        """;

    private final StoreCalls store;

    KeyTable(StoreCalls store) {
        this.store = store;
    }

    /** The number of the last change. */
    public Uni<Long> revision() {
        return store.glance(sessions -> sessions.withSession(
                session -> session.createNativeQuery("select revision from key_revision", Long.class)
                        .getSingleResult()));
    }

    /** {@code {revision, keys, teams}} at one moment, as JSON. */
    public Uni<String> contents() {
        return store.whole(sessions -> sessions.withSession(
                session -> session.createNativeQuery(CONTENTS, String.class).getSingleResult()));
    }

    /** Inserts a key; 0 when its name or secret is taken. */
    public Uni<Integer> insertKey(String id, String name, String digest, String fields, Mark mark) {
        return change(
                INSERT_KEY,
                Map.of(
                        "id", id,
                        "name", name,
                        "digest", digest,
                        "fields", fields,
                        "version", mark.version(),
                        "created", time(mark.createdAt()),
                        "updated", time(mark.updatedAt())));
    }

    /** Changes a key that has the version before; 0 when it has another or is gone. */
    public Uni<Integer> updateKey(String id, String name, String digest, String fields, Mark mark) {
        return change(
                UPDATE_KEY,
                Map.of(
                        "id", id,
                        "name", name,
                        "digest", digest,
                        "fields", fields,
                        "version", mark.version(),
                        "updated", time(mark.updatedAt())));
    }

    /** Deletes a key; 0 when it is gone. */
    public Uni<Integer> deleteKey(String id) {
        return change("delete from virtual_key where id = :id", Map.of("id", id));
    }

    /** Inserts a team; 0 when its name is taken. */
    public Uni<Integer> insertTeam(String name, String fields, Mark mark) {
        return change(
                INSERT_TEAM,
                Map.of(
                        "name", name,
                        "fields", fields,
                        "version", mark.version(),
                        "created", time(mark.createdAt()),
                        "updated", time(mark.updatedAt())));
    }

    /** Changes a team that has the version before; 0 when it has another or is gone. */
    public Uni<Integer> updateTeam(String name, String fields, Mark mark) {
        return change(
                UPDATE_TEAM,
                Map.of("name", name, "fields", fields, "version", mark.version(), "updated", time(mark.updatedAt())));
    }

    /** Deletes a team; 0 when it is gone. */
    public Uni<Integer> deleteTeam(String name) {
        return change("delete from team where name = :name", Map.of("name", name));
    }

    private Uni<Integer> change(String sql, Map<String, Object> values) {
        return store.change(sessions -> sessions.withTransaction(session -> {
            Mutiny.MutationQuery query = session.createNativeQuery(sql);
            values.forEach(query::setParameter);
            return query.executeUpdate();
        }));
    }

    private static OffsetDateTime time(@Nullable Instant time) {
        return OffsetDateTime.ofInstant(Objects.requireNonNull(time), ZoneOffset.UTC);
    }
}
