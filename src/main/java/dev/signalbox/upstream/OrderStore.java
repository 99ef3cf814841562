package dev.signalbox.upstream;

import io.smallrye.mutiny.Uni;
import java.util.List;

/** Where {@link Order}s are kept for all replicas. What it answers with may come on any thread. */
public interface OrderStore {

    /**
     * All of it at one moment.
     *
     * @param revision differs after every change
     * @param orders in any order
     */
    record Contents(long revision, List<Order> orders) {}

    /** Whether it is there at all. */
    boolean isThere();

    /** Whether it keeps orders when all replicas and what they share have been restarted. */
    boolean isLasting();

    /** Whether it can be asked yet; it may be away again since. */
    boolean isReady();

    /** What differs after every change; costs next to nothing. */
    Uni<Long> revision();

    /** All of it. */
    Uni<Contents> read();

    /** Keeps an order, in place of the one of the same id. */
    Uni<Void> keep(Order order);

    /** Lifts an order, if there is one. */
    Uni<Void> lift(Order.Kind kind, String provider);
}
