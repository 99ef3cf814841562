package dev.signalbox.store;

import dev.signalbox.chat.SignalboxException;
import dev.signalbox.upstream.Order;
import dev.signalbox.upstream.OrderStore;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** What operators ordered of providers, where every replica finds it, and where it outlasts all of them. */
@ApplicationScoped
public class StoredOrders implements OrderStore {

    private static final Logger LOG = Logger.getLogger(StoredOrders.class);

    private final OrderTable table;
    private final Store store;
    private final Vertx vertx;

    StoredOrders(OrderTable table, Store store, Vertx vertx) {
        this.table = table;
        this.store = store;
        this.vertx = vertx;
    }

    @Override
    public boolean isThere() {
        return store.isConfigured();
    }

    @Override
    public boolean isLasting() {
        return true;
    }

    @Override
    public boolean isReady() {
        return store.isReady();
    }

    @Override
    public Uni<Long> revision() {
        return answering(table::revision);
    }

    @Override
    public Uni<Contents> read() {
        return answering(table::read).map(StoredOrders::contents);
    }

    private static Contents contents(List<Object[]> rows) {
        List<Order> orders = new ArrayList<>();
        for (Object[] row : rows) {
            if (row[1] != null) {
                try {
                    orders.add(Order.read(Order.Kind.valueOf((String) row[1]), (String) row[2], (String) row[3]));
                } catch (IllegalArgumentException e) {
                    // of a newer gateway: it does not take the others along
                    LOG.warnf("a %s of %s in the store cannot be read: %s", row[1], row[2], e.getMessage());
                }
            }
        }
        return new Contents(((Number) rows.getFirst()[0]).longValue(), orders);
    }

    @Override
    public Uni<Void> keep(Order order) {
        return answering(() -> table.keep(order));
    }

    @Override
    public Uni<Void> lift(Order.Kind kind, String provider) {
        return answering(() -> table.lift(kind, provider));
    }

    private <T> Uni<T> answering(Supplier<Uni<T>> work) {
        if (!store.isReady()) {
            return Uni.createFrom().failure(unavailable("it is being started"));
        }
        return Apart.on(vertx, work).onFailure().transform(failure -> {
            LOG.debug("the store does not answer", failure);
            return unavailable("it cannot be reached");
        });
    }

    private static SignalboxException unavailable(String why) {
        return new SignalboxException(
                503, "store_unavailable", "the store does not answer: " + why, null, List.of(), Duration.ofSeconds(1));
    }
}
