package dev.signalbox.limits;

import java.util.Map;
import java.util.TreeMap;

/** What one who has limits has used here, as far as other replicas have not been told. Belongs to whoever holds it. */
public final class Untold {

    private final Map<Long, Use> slices = new TreeMap<>();
    private int places;
    private boolean isWhole;

    /**
     * What was used in one slice.
     *
     * @param requests how many more than was told; below zero: fewer
     * @param tokens how many more than was told; below zero: fewer
     */
    public record Use(long requests, long tokens) {}

    /** Nothing yet. */
    public Untold() {}

    /** All that is known, and not what is new. */
    static Untold whole(int active) {
        var all = new Untold();
        all.isWhole = true;
        all.places = active;
        return all;
    }

    /** More, or with negative amounts less, was used in that slice. */
    public void add(long slice, long requests, long tokens) {
        if (requests != 0 || tokens != 0) {
            slices.merge(
                    slice,
                    new Use(requests, tokens),
                    (known, more) -> new Use(known.requests() + more.requests(), known.tokens() + more.tokens()));
        }
    }

    /** More, or fewer, are under way. */
    public void places(int more) {
        places += more;
    }

    /** Forgets what is older than that slice. */
    void from(long oldest) {
        slices.keySet().removeIf(slice -> slice < oldest);
    }

    /** By slice of half a second, counted as {@link Tallies} counts. */
    public Map<Long, Use> slices() {
        return slices;
    }

    /** Requests that are under way: all of them when it {@linkplain #isWhole is whole}, otherwise how many more than was told. */
    public int places() {
        return places;
    }

    /** Whether all requests that are under way were counted, and not only those of which nobody was told. */
    public boolean isWhole() {
        return isWhole;
    }
}
