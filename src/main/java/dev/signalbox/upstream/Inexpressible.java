package dev.signalbox.upstream;

import dev.signalbox.chat.Encoded.Unsaid;
import java.util.List;

/** A deployment cannot be asked what the caller asks, so it is no candidate. */
public final class Inexpressible extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<Unsaid> unsaid;

    /**
     * @param unsaid what it has no words for, at least one
     */
    public Inexpressible(List<Unsaid> unsaid) {
        super(unsaid.getFirst().path(), null, false, false);
        this.unsaid = List.copyOf(unsaid);
    }

    /** What it has no words for. */
    public List<Unsaid> unsaid() {
        return unsaid;
    }
}
