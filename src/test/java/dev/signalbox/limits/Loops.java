package dev.signalbox.limits;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** An event loop by hand: time passes, and things are done, only when a test says so. */
final class Loops implements Loop {

    final AtomicLong now = new AtomicLong(-1_000);
    private final Deque<Runnable> due = new ArrayDeque<>();
    private final List<Timer> timers = new ArrayList<>();

    private record Timer(long at, Runnable action) {}

    @Override
    public void run(Runnable action) {
        due.add(action);
    }

    @Override
    public Runnable after(long nanos, Runnable action) {
        var timer = new Timer(now.get() + nanos, action);
        timers.add(timer);
        return () -> timers.remove(timer);
    }

    /** Does one thing that is due, if there is one. */
    boolean step() {
        Runnable first = due.poll();
        if (first != null) {
            first.run();
        }
        return first != null;
    }

    /** Does all that is due. */
    void settle() {
        while (step()) {
            // until nothing is left
        }
    }

    /** Lets time pass; timers that ring are due then, and are not done yet. */
    void pass(long nanos) {
        long until = now.addAndGet(nanos);
        timers.stream()
                .filter(timer -> timer.at() - until <= 0)
                .sorted(Comparator.comparingLong(Timer::at))
                .toList()
                .forEach(timer -> {
                    timers.remove(timer);
                    due.add(timer.action());
                });
    }

    /** How many timers run. */
    int timers() {
        return timers.size();
    }
}
