package dev.signalbox.chat;

import java.util.ArrayList;
import java.util.List;

/** Says once, to everyone who asked, that an answer is not wanted any more. */
public final class Cancellation {

    private final List<Runnable> actions = new ArrayList<>(2);
    private boolean cancelled;

    /** Whether it was said. */
    public synchronized boolean isCancelled() {
        return cancelled;
    }

    /** Runs the action when it is said, or now if it already was. */
    public void onCancel(Runnable action) {
        synchronized (this) {
            if (!cancelled) {
                actions.add(action);
                return;
            }
        }
        action.run();
    }

    /** Forgets an action, because what it would end has ended. */
    public synchronized void forget(Runnable action) {
        actions.remove(action);
    }

    /** Says it. */
    public void cancel() {
        List<Runnable> due;
        synchronized (this) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            due = List.copyOf(actions);
            actions.clear();
        }
        due.forEach(Runnable::run);
    }
}
