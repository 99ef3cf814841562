package dev.signalbox.upstream;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All that operators ordered, at one moment. Immutable. */
public final class Orders {

    /** Nothing is ordered. */
    public static final Orders NONE = new Orders(Map.of());

    private final Map<String, Order> byId;

    private Orders(Map<String, Order> byId) {
        this.byId = byId;
    }

    /** Those; of two with the same id the later one. */
    public static Orders of(Collection<Order> all) {
        Map<String, Order> byId = new HashMap<>();
        all.forEach(order -> byId.put(order.id(), order));
        return new Orders(Map.copyOf(byId));
    }

    /** These and one more, in place of the one of the same id. */
    public Orders with(Order order) {
        Map<String, Order> byId = new HashMap<>(this.byId);
        byId.put(order.id(), order);
        return new Orders(Map.copyOf(byId));
    }

    /** These without one. */
    public Orders without(Order.Kind kind, String provider) {
        Map<String, Order> byId = new HashMap<>(this.byId);
        byId.remove(Order.id(kind, provider));
        return new Orders(Map.copyOf(byId));
    }

    /** In any order. */
    public Collection<Order> all() {
        return byId.values();
    }

    /** Since when a provider is to be taken out; null: it is not. */
    public @Nullable Instant drainedSince(String provider) {
        return byId.get(Order.id(Order.Kind.DRAIN, provider)) instanceof Order.Drain drain ? drain.since() : null;
    }

    /** How a provider is to fail, also when the time for that is over; null: not at all. */
    public @Nullable Fault fault(String provider) {
        return byId.get(Order.id(Order.Kind.DRILL, provider)) instanceof Order.Drill drill ? drill.fault() : null;
    }
}
