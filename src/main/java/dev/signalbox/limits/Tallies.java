package dev.signalbox.limits;

import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Grant;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.tokens.TokenEstimate;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What everybody with limits uses here. Each has a lock of its own, held for a few additions. Time is counted in slices of half a
 * second from the clock's zero.
 */
public final class Tallies {

    private static final int FEW = 1_024;

    private final LongSupplier elapsed;
    private final Clock clock;
    private final @Nullable Consumer<Tally> teller;
    private final ConcurrentHashMap<Who, Tally> all = new ConcurrentHashMap<>();
    private volatile int sweepAt = FEW;
    private final AtomicInteger chapter = new AtomicInteger();

    /**
     * Nobody has asked yet.
     *
     * @param elapsed nanoseconds since the zero of a clock that all share who count together
     * @param teller hears of a tally when there is something that other replicas have to be told, while its lock is held; null when
     *     there are none
     */
    public Tallies(LongSupplier elapsed, Clock clock, @Nullable Consumer<Tally> teller) {
        this.elapsed = elapsed;
        this.clock = clock;
        this.teller = teller;
    }

    /** Nanoseconds since the clock's zero. */
    long elapsed() {
        return elapsed.getAsLong();
    }

    Clock clock() {
        return clock;
    }

    /** A request of somebody who is not let in yet; null when none of their rates are limited. */
    public @Nullable Entry entry(Exchange exchange) {
        Grant first = null;
        Grant second = null;
        for (Grant grant : exchange.caller().grants()) {
            if (!grant.rates().isUnlimited()) {
                second = first == null ? null : grant;
                first = first == null ? grant : first;
            }
        }
        if (first == null) {
            return null;
        }
        Limited one = limited(first);
        Limited other = second == null ? null : limited(second);
        Entry entry = new Entry(this, one, other, expected(exchange, one, other), 1);
        exchange.trail().limited(entry::quota);
        return entry;
    }

    private static Limited limited(Grant grant) {
        Who.Kind kind = grant.holder() == Grant.Holder.KEY ? Who.Kind.KEY : Who.Kind.TEAM;
        return new Limited(new Who(kind, grant.id()), grant.rates());
    }

    /** An attempt at a provider, which counts for the minute and not as being under way. */
    public Entry attempt(String provider, Grant.Rates rates, long expected) {
        return new Entry(this, new Limited(new Who(Who.Kind.PROVIDER, provider), rates), null, expected, 0);
    }

    Tally of(Who who) {
        Tally tally = all.computeIfAbsent(who, w -> new Tally(w, teller));
        if (all.size() > sweepAt) {
            sweep();
        }
        return tally;
    }

    /** Forgets those that have not asked for a minute, so that keys that are gone take no memory. */
    private synchronized void sweep() {
        long now = elapsed();
        for (Map.Entry<Who, Tally> entry : all.entrySet()) {
            Tally tally = entry.getValue();
            synchronized (tally) {
                if (tally.retire(now)) {
                    all.remove(entry.getKey(), tally);
                }
            }
        }
        sweepAt = Math.max(FEW, 2 * all.size());
    }

    /** How many are counted. */
    int size() {
        return all.size();
    }

    /** Is another one when everything was to be told again. */
    public int chapter() {
        return chapter.get();
    }

    /**
     * Nobody knows any more what others were told: all of it has to be told again.
     *
     * @param also who has to be told about though nothing is known of them
     */
    public void retell(Iterable<Who> also) {
        chapter.incrementAndGet();
        also.forEach(this::of);
        all.values().forEach(Tally::retell);
    }

    /** Others are to be reminded of whoever has requests under way. */
    public void remind() {
        all.values().forEach(Tally::remind);
    }

    /**
     * Tokens of prompt and answer, at a guess: the answer as long as answers here usually are, and no longer than is asked for.
     * Nobody counts what nobody limits.
     */
    private long expected(Exchange exchange, Limited one, @Nullable Limited other) {
        boolean counts = one.rates().tokensPerMinute() != null
                || (other != null && other.rates().tokensPerMinute() != null);
        if (!counts || exchange.operation() == Operation.COUNT_TOKENS) {
            return 0;
        }
        long usual;
        Tally tally = of(one.who());
        synchronized (tally) {
            usual = tally.usualCompletion();
        }
        try {
            Prompt prompt = exchange.prompt();
            return TokenEstimate.of(prompt) + answer(exchange, prompt, usual);
        } catch (SignalboxException unreadable) {
            var body = exchange.body();
            return (body == null ? 0 : TokenEstimate.ofLength(body.bytes().length)) + Math.max(0, usual);
        }
    }

    private static long answer(Exchange exchange, Prompt prompt, long usual) {
        if (!exchange.operation().isTalk()) {
            return 0;
        }
        Prompt.Given asked = prompt.setting(Prompt.Setting.MAX_OUTPUT_TOKENS);
        if (asked == null || !asked.value().canConvertToLong()) {
            return Math.max(0, usual);
        }
        long most = Math.clamp(asked.value().longValue(), 0, Integer.MAX_VALUE);
        return usual < 0 ? most : Math.min(usual, most);
    }
}
