package dev.signalbox.strategy;

import dev.signalbox.strategy.Observed.Window;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The last calls of one deployment, the oldest overwritten by the newest, with sums that are kept as they come and go. */
final class History {

    /** In place of how long a call took: it failed. */
    static final long FAILED = -1;

    /** In place of the time to a first token: there was none. */
    static final long UNKNOWN = -1;

    private static final int FIRST_ROOM = 16;

    private final int size;
    private final Sum all;
    private final Sum hundred;
    private final Sum fifty;
    private long[] endedAt = new long[0];
    private long[] took = new long[0];
    private long[] firstToken = new long[0];
    private int length;
    private int newest = -1;

    /** @param size how many calls are remembered */
    History(int size) {
        this.size = size;
        this.all = new Sum(size);
        this.hundred = new Sum(Math.min(size, 100));
        this.fifty = new Sum(Math.min(size, 50));
    }

    /** A call ended then, after so many nanoseconds or {@link #FAILED}, the first token after so many or {@link #UNKNOWN}. */
    void add(long now, long nanos, long firstTokenNanos) {
        if (length == took.length && length < size) {
            grow();
        }
        all.add(nanos);
        hundred.add(nanos);
        fifty.add(nanos);
        newest = newest + 1 == took.length ? 0 : newest + 1;
        endedAt[newest] = now;
        took[newest] = nanos;
        firstToken[newest] = firstTokenNanos;
        length = Math.min(length + 1, size);
    }

    /** While it grows nothing was overwritten yet: the oldest is first. */
    private void grow() {
        int room = Math.min(size, Math.max(FIRST_ROOM, length * 2));
        endedAt = Arrays.copyOf(endedAt, room);
        took = Arrays.copyOf(took, room);
        firstToken = Arrays.copyOf(firstToken, room);
    }

    /** Where the call stands that is so many calls older than the newest. */
    private int at(int older) {
        int i = newest - older;
        return i < 0 ? i + took.length : i;
    }

    private IntStream oldestFirst() {
        return IntStream.range(0, length).map(i -> at(length - 1 - i));
    }

    /** When calls of the last {@link Statistics#RECENT} failed, the latest last. */
    long[] failedLately(long now) {
        return oldestFirst()
                .filter(i -> took[i] == FAILED && now - endedAt[i] < Statistics.RECENT)
                .mapToLong(i -> endedAt[i])
                .toArray();
    }

    /** How long answers took to their end, the latest last. */
    LongStream responses() {
        return oldestFirst().filter(i -> took[i] != FAILED).mapToLong(i -> took[i]);
    }

    /** The same of those that were no streams. */
    LongStream plainResponses() {
        return oldestFirst()
                .filter(i -> took[i] != FAILED && firstToken[i] == UNKNOWN)
                .mapToLong(i -> took[i]);
    }

    /** How long streams took to their first token, the latest last. */
    LongStream firstTokens() {
        return oldestFirst()
                .filter(i -> took[i] != FAILED && firstToken[i] != UNKNOWN)
                .mapToLong(i -> firstToken[i]);
    }

    Window all() {
        return all.window();
    }

    Window hundred() {
        return hundred.window();
    }

    Window fifty() {
        return fifty.window();
    }

    /** Of some of the last calls: how many failed, and how long the others took together. */
    private final class Sum {
        private final int most;
        private int successes;
        private int failures;
        private long nanos;

        Sum(int most) {
            this.most = most;
        }

        /** Before the call itself takes the place of an older one. */
        void add(long call) {
            if (successes + failures == most) {
                count(took[at(most - 1)], -1);
            }
            count(call, 1);
        }

        private void count(long call, int by) {
            if (call == FAILED) {
                failures += by;
            } else {
                successes += by;
                nanos += by * call;
            }
        }

        Window window() {
            return new Window(successes, failures, successes == 0 ? null : nanos / 1e6 / successes);
        }
    }
}
