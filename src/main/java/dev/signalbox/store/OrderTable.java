package dev.signalbox.store;

import dev.signalbox.upstream.Order;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny;

/** The table of what operators ordered of providers, and the number of its last change. */
@ApplicationScoped
public class OrderTable {

    /** One statement, so that the rows are those of the revision. */
    private static final String READ = """
        select r.revision, o.kind, o.provider, cast(o.details as text)
        from provider_order_revision r left join provider_order o on true
        """;

    private static final String KEEP = """
        insert into provider_order (kind, provider, details)
        values (:kind, :provider, cast(cast(:details as text) as json))
        on conflict (kind, provider) do update set details = excluded.details
        """;

    private final StoreCalls store;

    OrderTable(StoreCalls store) {
        this.store = store;
    }

    /** The number of the last change. */
    public Uni<Long> revision() {
        return store.glance(sessions -> sessions.withSession(
                session -> session.createNativeQuery("select revision from provider_order_revision", Long.class)
                        .getSingleResult()));
    }

    /** Revision, kind, provider and details of each; of none the revision and nulls. */
    public Uni<List<Object[]>> read() {
        return store.change(sessions -> sessions.withSession(
                session -> session.createNativeQuery(READ, Object[].class).getResultList()));
    }

    /** Inserts or replaces one. */
    public Uni<Void> keep(Order order) {
        return change(session -> session.createNativeQuery(KEEP)
                .setParameter("kind", order.kind().name())
                .setParameter("provider", order.provider())
                .setParameter("details", order.details()));
    }

    /** Deletes one, if it is there. */
    public Uni<Void> lift(Order.Kind kind, String provider) {
        return change(session -> session.createNativeQuery(
                        "delete from provider_order where kind = :kind and provider = :provider")
                .setParameter("kind", kind.name())
                .setParameter("provider", provider));
    }

    private Uni<Void> change(Function<Mutiny.Session, Mutiny.MutationQuery> change) {
        return store.change(sessions -> sessions.withTransaction(
                        session -> change.apply(session).executeUpdate()))
                .replaceWithVoid();
    }
}
