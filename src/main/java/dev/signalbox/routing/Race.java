package dev.signalbox.routing;

import dev.signalbox.upstream.Call;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The attempts of one exchange that are under way at the same time: the first that has something to say ends the others. */
final class Race {

    private final List<Call> running = new ArrayList<>(2);
    private @Nullable Call winner;

    /** An attempt begins. */
    void begins(Call call) {
        running.add(call);
    }

    /** An attempt has ended; who won may still lose what it has won, when its answer breaks. */
    void ended(Call call) {
        running.remove(call);
    }

    /** Whether somebody is being heard. */
    boolean isWon() {
        return winner != null;
    }

    /** Whether it is the first that has something to say; the others are told to stop. */
    boolean isWonBy(Call call) {
        if (winner != null) {
            return winner.equals(call);
        }
        winner = call;
        for (Call other : List.copyOf(running)) {
            if (!other.equals(call)) {
                other.cancellation().cancel();
            }
        }
        return true;
    }

    /** All are told to stop. */
    void stop() {
        List.copyOf(running).forEach(call -> call.cancellation().cancel());
    }

    /** Who won keeps its answer to itself: the next may win. */
    void gaveUp(Call call) {
        if (winner != null && winner.equals(call)) {
            winner = null;
        }
    }
}
