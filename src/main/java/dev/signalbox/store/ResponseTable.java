package dev.signalbox.store;

import dev.signalbox.history.Kept;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** The table of responses that callers can come back to. */
@ApplicationScoped
public class ResponseTable {

    private static final String INSERT = """
            insert into response (owner, id, time, previous, input, response, hides_seals, items)
            values (:owner, :id, :time, nullif(:previous, ''), :input, :response, :hides, string_to_array(:items, ' '))
            on conflict (owner, id) do update set time = excluded.time, previous = excluded.previous,
                input = excluded.input, response = excluded.response, hides_seals = excluded.hides_seals,
                items = excluded.items
            """;

    /** No conversation is longer, and none holds more text, than a request could. */
    private static final String CHAIN = """
            with recursive chain as (
                select r.*, 1 as depth, length(r.input) + length(r.response) as weight
                from response r where r.owner = :owner and r.id = :id
                union all
                select r.*, c.depth + 1, c.weight + length(r.input) + length(r.response)
                from chain c join response r on r.owner = c.owner and r.id = c.previous
                where c.depth < 1000 and c.weight < 67108864)
            select owner, id, time, previous, input, response, hides_seals from chain order by depth
            """;

    private static final String HOLDING = """
            select owner, id, time, previous, input, response, hides_seals
            from (select r.*, sum(length(r.input) + length(r.response)) over (order by r.time desc, r.id) as weight
                from response r
                where r.owner = :owner and r.items && string_to_array(:items, ' ')) found
            where weight < 67108864
            """;

    private final StoreCalls store;

    ResponseTable(StoreCalls store) {
        this.store = store;
    }

    /** Inserts a response, or replaces one of the same id. */
    public Uni<Integer> insert(Kept kept) {
        return store.keep(sessions -> sessions.withTransaction(session -> session.createNativeQuery(INSERT)
                .setParameter("owner", kept.owner())
                .setParameter("id", kept.id())
                .setParameter("time", OffsetDateTime.ofInstant(kept.time(), ZoneOffset.UTC))
                .setParameter("previous", Objects.requireNonNullElse(kept.previous(), ""))
                .setParameter("input", kept.input())
                .setParameter("response", kept.response())
                .setParameter("hides", kept.hidesSeals())
                .setParameter("items", String.join(" ", kept.items()))
                .executeUpdate()));
    }

    /** The response, and those that it goes on from, newest first. */
    public Uni<List<ResponseRow>> chain(String owner, String id) {
        return store.ask(sessions -> sessions.withSession(session -> session.createNativeQuery(CHAIN, ResponseRow.class)
                .setParameter("owner", owner)
                .setParameter("id", id)
                .getResultList()));
    }

    /** The responses that hold any of these items, the newest of them when they are too many. */
    public Uni<List<ResponseRow>> holding(String owner, Set<String> items) {
        return store.ask(sessions ->
                sessions.withSession(session -> session.createNativeQuery(HOLDING, ResponseRow.class)
                        .setParameter("owner", owner)
                        .setParameter("items", String.join(" ", items))
                        .getResultList()));
    }

    /** The response; nothing when there is none. */
    public Uni<List<ResponseRow>> row(String owner, String id) {
        return store.ask(sessions -> sessions.withSession(
                session -> session.createQuery("from ResponseRow where owner = :owner and id = :id", ResponseRow.class)
                        .setParameter("owner", owner)
                        .setParameter("id", id)
                        .getResultList()));
    }

    /** Deletes the response, if it is there. */
    public Uni<Integer> delete(String owner, String id) {
        return store.keep(sessions -> sessions.withTransaction(
                session -> session.createNativeQuery("delete from response where owner = :owner and id = :id")
                        .setParameter("owner", owner)
                        .setParameter("id", id)
                        .executeUpdate()));
    }

    /** Deletes what is older. */
    public Uni<Integer> deleteBefore(OffsetDateTime time) {
        return store.upkeep(sessions ->
                sessions.withTransaction(session -> session.createNativeQuery("delete from response where time < :time")
                        .setParameter("time", time)
                        .executeUpdate()));
    }
}
