package dev.signalbox.cluster;

import dev.signalbox.chat.SignalboxException;
import dev.signalbox.upstream.Order;
import dev.signalbox.upstream.OrderStore;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * What operators ordered of providers, in Redis, for replicas that have no store. What Redis loses is put back by the replicas that
 * know it: a provider that was taken out does not come back because Redis was restarted.
 */
@ApplicationScoped
public class SharedOrders implements OrderStore {

    private static final Logger LOG = Logger.getLogger("signalbox.cluster");
    private static final List<String> KEYS = List.of("orders");
    private static final String REVISION = "revision";

    private final Link link;
    private final Script read = Script.named("orders");
    private final Script change = Script.named("order");
    private volatile Contents known = new Contents(0, List.of());

    /** Nothing is known yet. */
    public SharedOrders(Link link) {
        this.link = link;
    }

    @Override
    public boolean isThere() {
        return link.isConfigured();
    }

    @Override
    public boolean isLasting() {
        return false;
    }

    @Override
    public boolean isReady() {
        return link.isConnected();
    }

    @Override
    public Uni<Long> revision() {
        return read().map(Contents::revision);
    }

    @Override
    public Uni<Contents> read() {
        return Uni.createFrom().deferred(() -> {
            Contents before = known;
            List<String> arguments = new ArrayList<>();
            arguments.add(Long.toString(before.revision()));
            before.orders().forEach(order -> {
                arguments.add(order.id());
                arguments.add(order.details());
            });
            return answering(link.run(read, KEYS, arguments)).map(this::contents);
        });
    }

    private synchronized Contents contents(Response answer) {
        long revision = 0;
        List<Order> orders = new ArrayList<>();
        for (int i = 0; i + 1 < answer.size(); i += 2) {
            String id = answer.get(i).toString();
            String details = answer.get(i + 1).toString();
            if (id.equals(REVISION)) {
                revision = Long.parseLong(details);
            } else {
                try {
                    orders.add(Order.read(id, details));
                } catch (IllegalArgumentException e) {
                    // of a newer gateway: it does not take the others along
                    LOG.warnf("%s in Redis cannot be read: %s", id, e.getMessage());
                }
            }
        }
        Contents now = new Contents(revision, List.copyOf(orders));
        if (revision >= known.revision()) {
            known = now;
        }
        return now;
    }

    @Override
    public Uni<Void> keep(Order order) {
        return changed(List.of(order.id(), order.details()));
    }

    @Override
    public Uni<Void> lift(Order.Kind kind, String provider) {
        return changed(List.of(Order.id(kind, provider)));
    }

    /** It is read before, so that what Redis has lost is there again when this is done to it. */
    private Uni<Void> changed(List<String> arguments) {
        return read().chain(() -> answering(link.run(change, KEYS, arguments))).replaceWithVoid();
    }

    private static <T> Uni<T> answering(Uni<T> work) {
        return work.onFailure().transform(failure -> {
            LOG.debug("Redis does not answer", failure);
            return new SignalboxException(
                    503, "store_unavailable", "Redis does not answer", null, List.of(), Duration.ofSeconds(1));
        });
    }
}
