package dev.signalbox.routing;

import dev.signalbox.upstream.Call;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The attempts of one exchange that are under way at the same time: the first that has something to say ends the others. */
final class Race {

    private final List<Running> running = new ArrayList<>(2);
    private @Nullable Call winner;
    private @Nullable Lane ahead;

    private record Running(Call call, Lane lane) {}

    /** An attempt of a lane begins. */
    void begins(Call call, Lane lane) {
        running.add(new Running(call, lane));
    }

    /** An attempt has ended; who won may still lose what it has won, when its answer breaks. */
    void ended(Call call) {
        running.removeIf(one -> one.call().equals(call));
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
        for (Running one : List.copyOf(running)) {
            if (one.call().equals(call)) {
                ahead = one.lane();
            } else {
                one.call().cancellation().cancel();
            }
        }
        return true;
    }

    /** Whether an attempt of another lane has won, so that this one must not make any more, whatever it waited for. */
    boolean isLostBy(Lane lane) {
        return ahead != null && !ahead.equals(lane);
    }

    /** All are told to stop. */
    void stop() {
        List.copyOf(running).forEach(one -> one.call().cancellation().cancel());
    }

    /** Who won keeps its answer to itself: the next may win. */
    void gaveUp(Call call) {
        if (winner != null && winner.equals(call)) {
            winner = null;
            ahead = null;
        }
    }
}
