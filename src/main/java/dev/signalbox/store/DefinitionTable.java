package dev.signalbox.store;

import dev.signalbox.catalogue.Definition;
import dev.signalbox.catalogue.DefinitionStore.Contents;
import dev.signalbox.catalogue.DefinitionStore.Row;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny;

/** The table of providers and models that came over the admin API, and the version of all of it. */
@ApplicationScoped
public class DefinitionTable {

    /** One statement, so that the rows are those of the version. */
    private static final String READ = """
        select v.version, d.type, d.name, cast(d.keys as text), d.sealed
        from definition_version v left join definition d on true order by d.position
        """;

    private static final String MOVE = "update definition_version set version = version + 1 where version = :expected";

    private static final String PUT = """
        insert into definition (type, name, keys, sealed)
        values (:type, :name, cast(cast(:keys as text) as json), nullif(:sealed, ''))
        on conflict (type, name) do update set keys = excluded.keys, sealed = excluded.sealed, changed = now()
        """;

    private final StoreCalls store;

    DefinitionTable(StoreCalls store) {
        this.store = store;
    }

    /** The version of what is there. */
    public Uni<Long> version() {
        return store.glance(sessions -> sessions.withSession(
                session -> session.createNativeQuery("select version from definition_version", Long.class)
                        .getSingleResult()));
    }

    /** All that is there. */
    public Uni<Contents> read() {
        return store.change(sessions -> sessions.withSession(session ->
                        session.createNativeQuery(READ, Object[].class).getResultList()))
                .map(DefinitionTable::contents);
    }

    private static Contents contents(List<Object[]> rows) {
        long version = ((Number) rows.getFirst()[0]).longValue();
        return new Contents(
                version,
                rows.stream()
                        .filter(row -> row[1] != null)
                        .map(row -> new Row(
                                Definition.Type.valueOf((String) row[1]), (String) row[2], (String) row[3], (String)
                                        row[4]))
                        .toList());
    }

    /** Inserts or replaces one, if the version is still that. */
    public Uni<Boolean> put(long expected, Row row) {
        String sealed = row.sealed();
        return moving(
                expected,
                session -> session.createNativeQuery(PUT)
                        .setParameter("type", row.type().name())
                        .setParameter("name", row.name())
                        .setParameter("keys", row.open())
                        .setParameter("sealed", sealed == null ? "" : sealed));
    }

    /** Deletes one, if the version is still that. */
    public Uni<Boolean> delete(long expected, Definition.Type type, String name) {
        return moving(
                expected,
                session -> session.createNativeQuery("delete from definition where type = :type and name = :name")
                        .setParameter("type", type.name())
                        .setParameter("name", name));
    }

    private Uni<Boolean> moving(long expected, Function<Mutiny.Session, Mutiny.MutationQuery> change) {
        return store.change(sessions -> sessions.withTransaction(session -> session.createNativeQuery(MOVE)
                .setParameter("expected", expected)
                .executeUpdate()
                .chain(moved -> moved == 0
                        ? Uni.createFrom().item(false)
                        : change.apply(session).executeUpdate().replaceWith(true))));
    }
}
