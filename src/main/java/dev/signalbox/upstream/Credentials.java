package dev.signalbox.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A provider's credentials: used in turn, except for those that rest because the vendor limited or rejected them. One that rests
 * takes nothing of the fairness among the others.
 */
public final class Credentials {

    private static final Duration REST_AFTER_429 = Duration.ofSeconds(5);
    private static final Duration REST_WITHOUT_MONEY = Duration.ofMinutes(10);
    private static final Duration REST_WHEN_REJECTED = Duration.ofMinutes(1);

    /** An upstream that refuses and wants to be asked again at once is not hammered. */
    private static final Duration SHORTEST_REST = Duration.ofSeconds(1);

    /** What another replica says of a rest that is longer is not believed. */
    private static final Duration LONGEST_HINT = Duration.ofHours(24);

    /** So much later has a rest to end than the one that others know of, for them to be told again. */
    private static final long WORTH_TELLING_NANOS = Duration.ofMillis(500).toNanos();

    private static final String REJECTED = "its credentials were rejected at another replica";

    private final List<String> keys;
    private final List<String> names;
    private final AtomicLongArray restingUntil;
    private final AtomicLongArray drilledUntil;
    private final AtomicLongArray toldUntil;
    private final List<Rumour> rejections;
    private final AtomicInteger turn = new AtomicInteger();
    private final LongSupplier nanos;
    private final String place;
    private final Others others;
    private volatile boolean isRumoured;

    /** Who is told when a credential rests. */
    @FunctionalInterface
    interface Others {
        /** The credential of that {@linkplain #name name} rests for so long from now on. */
        void rests(String name, boolean isRejected, Duration left);
    }

    /**
     * @param keys the secrets; empty for a provider that needs none
     * @param nanos the monotonic clock
     */
    public Credentials(List<String> keys, LongSupplier nanos) {
        this(keys, nanos, "", (_, _, _) -> {});
    }

    /**
     * @param place where they are used; names are others at another place
     * @param others are told when one rests
     */
    Credentials(List<String> keys, LongSupplier nanos, String place, Others others) {
        this.keys = keys.isEmpty() ? List.of("") : keys.stream().distinct().toList();
        this.names = this.keys.stream().map(key -> name(place, key)).toList();
        this.restingUntil = new AtomicLongArray(this.keys.size());
        this.drilledUntil = new AtomicLongArray(this.keys.size());
        this.toldUntil = new AtomicLongArray(this.keys.size());
        this.rejections = this.keys.stream().map(_ -> new Rumour(nanos)).toList();
        this.nanos = nanos;
        this.place = place;
        this.others = others;
        long now = nanos.getAsLong();
        for (int i = 0; i < this.keys.size(); i++) {
            restingUntil.set(i, now);
            drilledUntil.set(i, now);
            toldUntil.set(i, now);
        }
    }

    /** How replicas call a credential among themselves: 32 bits of a digest, which says nothing of it and tells it from others. */
    static String name(String place, String key) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(("signalbox credential\n" + place + "\n" + key).getBytes(UTF_8));
            return HexFormat.of().formatHex(digest.digest(), 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many there are. */
    public int count() {
        return keys.size();
    }

    /** The same secrets, or others of the same account: those that were there before rest as long as they would have. */
    Credentials following(List<String> next) {
        var following = new Credentials(next, nanos, place, others);
        if (following.keys.equals(keys)) {
            return this;
        }
        for (int i = 0; i < keys.size(); i++) {
            int there = following.keys.indexOf(keys.get(i));
            if (there >= 0) {
                following.restingUntil.set(there, restingUntil.get(i));
                following.drilledUntil.set(there, drilledUntil.get(i));
                following.toldUntil.set(there, toldUntil.get(i));
            }
        }
        return following;
    }

    /** The next one that does not rest, and that no other replica says was rejected if there is one; null when all rest. */
    public @Nullable String next() {
        long now = nanos.getAsLong();
        if (keys.size() == 1) {
            return isAwake(0, now) ? keys.getFirst() : null;
        }
        String unsuspected = isRumoured ? next(now, false) : null;
        return unsuspected == null ? next(now, true) : unsuspected;
    }

    private @Nullable String next(long now, boolean isSuspectedToo) {
        int awake = 0;
        for (int i = 0; i < keys.size(); i++) {
            awake += mayBe(i, now, isSuspectedToo) ? 1 : 0;
        }
        if (awake == 0) {
            return null;
        }
        int skip = Math.floorMod(turn.getAndIncrement(), awake);
        int last = -1;
        for (int i = 0; i < keys.size(); i++) {
            if (mayBe(i, now, isSuspectedToo)) {
                last = i;
                if (skip-- == 0) {
                    break;
                }
            }
        }
        // another call may have laid some to rest meanwhile
        return last < 0 ? null : keys.get(last);
    }

    private boolean mayBe(int at, long now, boolean isSuspectedToo) {
        return isAwake(at, now) && (isSuspectedToo || rejections.get(at).why() == null);
    }

    private boolean isAwake(int at, long now) {
        return restingUntil.get(at) - now <= 0 && drilledUntil.get(at) - now <= 0;
    }

    /**
     * Lets one rest for as long as a failure of it means: after a 429 as the vendor asks, without money for long, rejected for a
     * minute.
     *
     * @return how long
     */
    public Duration rest(String key, UpstreamFailure failure) {
        Duration asked = failure.retryAfter();
        Duration rest = switch (failure.kind()) {
            case QUOTA_EXHAUSTED ->
                asked == null || asked.compareTo(REST_WITHOUT_MONEY) < 0 ? REST_WITHOUT_MONEY : asked;
            case CREDENTIAL_REJECTED -> REST_WHEN_REJECTED;
            default -> asked == null ? REST_AFTER_429 : asked;
        };
        Duration longEnough = rest.compareTo(SHORTEST_REST) < 0 ? SHORTEST_REST : rest;
        int at = keys.indexOf(key);
        if (at >= 0 && failure.isOnPurpose()) {
            later(drilledUntil, at, nanos.getAsLong() + longEnough.toNanos());
        } else if (at >= 0) {
            boolean isRejected = failure.kind() == UpstreamFailure.Kind.CREDENTIAL_REJECTED;
            rejections.get(at).failed(Duration.ZERO);
            tell(at, isRejected, longEnough);
            rest(key, longEnough);
        }
        return longEnough;
    }

    /** Of many failures at the same time one is told. */
    private void tell(int at, boolean isRejected, Duration rest) {
        long until = nanos.getAsLong() + rest.toNanos();
        long told = toldUntil.get(at);
        if (until - told > WORTH_TELLING_NANOS && toldUntil.compareAndSet(at, told, until)) {
            others.rests(names.get(at), isRejected, rest);
        }
    }

    /** Lets one rest, unless it rests for longer already. */
    public void rest(String key, Duration rest) {
        int at = keys.indexOf(key);
        if (at >= 0) {
            later(restingUntil, at, nanos.getAsLong() + rest.toNanos());
        }
    }

    private static void later(AtomicLongArray ends, int at, long until) {
        ends.updateAndGet(at, before -> until - before > 0 ? until : before);
    }

    /**
     * Another replica says that one rests. What the vendor said of an account holds for all who ask; that a credential is
     * rejected may be the other replica's own trouble, such as a proxy that refuses, and is only a {@link Rumour}.
     *
     * @param name as replicas call it; nothing happens when there is none of that name
     */
    void heard(String name, boolean isRejected, Duration left) {
        int at = names.indexOf(name);
        if (at < 0 || left.isNegative() || left.compareTo(LONGEST_HINT) > 0) {
            return;
        }
        if (isRejected) {
            isRumoured |= rejections.get(at).hear(REJECTED, left);
        } else {
            long until = nanos.getAsLong() + left.toNanos();
            later(toldUntil, at, until);
            later(restingUntil, at, until);
        }
    }

    /** An attempt with one of them was answered. */
    void answered(String key) {
        if (isRumoured) {
            int at = keys.indexOf(key);
            if (at >= 0) {
                rejections.get(at).answered();
            }
        }
    }

    /** What other replicas say of all that do not rest; null: of one of them they say nothing. */
    @Nullable String rumour() {
        if (!isRumoured) {
            return null;
        }
        long now = nanos.getAsLong();
        String said = null;
        for (int i = 0; i < keys.size(); i++) {
            if (isAwake(i, now)) {
                said = rejections.get(i).why();
                if (said == null) {
                    return null;
                }
            }
        }
        return said;
    }

    /** A drill is over: those that rest because of it rest no longer. */
    void endDrill() {
        long now = nanos.getAsLong();
        for (int i = 0; i < keys.size(); i++) {
            drilledUntil.set(i, now);
        }
    }

    /** How long until one can be used, in nanoseconds; empty when one can be now. */
    public OptionalLong resting() {
        long now = nanos.getAsLong();
        long shortest = Long.MAX_VALUE;
        for (int i = 0; i < keys.size(); i++) {
            long left = Math.max(restingUntil.get(i) - now, drilledUntil.get(i) - now);
            if (left <= 0) {
                return OptionalLong.empty();
            }
            shortest = Math.min(shortest, left);
        }
        return OptionalLong.of(shortest);
    }

    /** How many there are: never the secrets. */
    @Override
    public String toString() {
        return keys.size() + " credentials";
    }
}
