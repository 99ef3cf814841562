package dev.signalbox.history;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The newest responses in memory, for a gateway without a store; the oldest make room for the newest. */
@Singleton
@Typed(RecentHistory.class)
public class RecentHistory implements History {

    /** How many are kept. */
    static final int MOST = 10_000;

    /** How much they may weigh together. */
    static final long MOST_TOGETHER = 64L << 20;

    /** Longer conversations are cut. */
    static final int LONGEST = 1_000;

    private final Map<Key, Kept> responses = new LinkedHashMap<>();
    private final Map<Key, Key> byItem = new HashMap<>();
    private long weight;

    private record Key(String owner, String id) {}

    @Override
    public Uni<Void> keep(Kept response) {
        add(response);
        return Uni.createFrom().voidItem();
    }

    private synchronized void add(Kept response) {
        var key = new Key(response.owner(), response.id());
        remove(key);
        responses.put(key, response);
        response.items().forEach(item -> byItem.put(new Key(response.owner(), item), key));
        weight += response.size();
        while (responses.size() > MOST || weight > MOST_TOGETHER) {
            remove(responses.keySet().iterator().next());
        }
    }

    private boolean remove(Key key) {
        Kept gone = responses.remove(key);
        if (gone == null) {
            return false;
        }
        weight -= gone.size();
        gone.items().forEach(item -> byItem.remove(new Key(gone.owner(), item), key));
        return true;
    }

    @Override
    public Uni<@Nullable Kept> find(String owner, String id) {
        return Uni.createFrom().item(get(owner, id));
    }

    private synchronized @Nullable Kept get(String owner, String id) {
        return responses.get(new Key(owner, id));
    }

    @Override
    public Uni<List<Kept>> chain(String owner, String id) {
        return Uni.createFrom().item(links(owner, id));
    }

    private synchronized List<Kept> links(String owner, String id) {
        var chain = new ArrayList<Kept>();
        Kept next = get(owner, id);
        while (next != null && chain.size() < LONGEST) {
            chain.add(next);
            String previous = next.previous();
            next = previous == null ? null : get(owner, previous);
        }
        return chain;
    }

    @Override
    public Uni<List<Kept>> holding(String owner, Set<String> items) {
        return Uni.createFrom().item(holders(owner, items));
    }

    private synchronized List<Kept> holders(String owner, Set<String> items) {
        var keys = new LinkedHashSet<Key>();
        for (String item : items) {
            Key key = byItem.get(new Key(owner, item));
            if (key != null) {
                keys.add(key);
            }
        }
        return keys.stream().map(responses::get).toList();
    }

    @Override
    public Uni<Boolean> forget(String owner, String id) {
        return Uni.createFrom().item(removed(new Key(owner, id)));
    }

    private synchronized boolean removed(Key key) {
        return remove(key);
    }
}
