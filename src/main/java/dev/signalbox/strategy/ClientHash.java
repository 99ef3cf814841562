package dev.signalbox.strategy;

import java.util.List;

/**
 * {@code client-hash}: a session (else user, key, address) always has the same order within the best priority, by
 * {@linkplain Rendezvous weighted rendezvous hashing}: who leaves takes along only its own share. The score is that of the
 * hashing.
 */
final class ClientHash implements Strategy {

    @Override
    public Order order(Ask ask, List<Candidate> candidates, Memory memory) {
        long client = Rendezvous.hash(ask.client());
        return Order.highest(candidates, c -> Rendezvous.score(client, c)).withinPriority();
    }
}
