package dev.signalbox.keys;

import dev.signalbox.chat.SignalboxException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The keys and teams that hold now. A request reads one immutable {@link Roll}; {@link #refresh} asks the store whether it has
 * changed, and puts another in its place.
 */
@Singleton
public class KeyBook {

    /** How long keys hold of which the store cannot say whether they still do. */
    static final Duration LONGEST_TRUST = Duration.ofMinutes(15);

    /** How long a gateway that starts is not ready while the store is not there. */
    static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

    private static final Logger LOG = Logger.getLogger(KeyBook.class);
    private static final long NEVER = Long.MIN_VALUE;

    private final FileKeys file;
    private final KeyStore store;
    private final LongSupplier nanos;
    private final long begun;
    private final AtomicLong tickets = new AtomicLong();
    private long applied;
    private volatile Roll roll;
    private volatile long confirmed = NEVER;
    private volatile boolean isAway;

    /** Knows what files hold; the rest after the first {@link #refresh}. */
    @Inject
    public KeyBook(FileKeys file, KeyStore store) {
        this(file, store, System::nanoTime);
    }

    KeyBook(FileKeys file, KeyStore store, LongSupplier nanos) {
        this.file = file;
        this.store = store;
        this.nanos = nanos;
        this.begun = nanos.getAsLong();
        this.roll = new Roll(file, KeyStore.EMPTY);
    }

    /** All keys and teams, as far as this replica knows. */
    Roll now() {
        return roll;
    }

    /** Whether the store's keys are known, or there are none to know. */
    boolean isComplete() {
        return !store.isThere() || confirmed != NEVER;
    }

    /** Whether the store's keys are known, or it is too long ago that they should have been. */
    boolean isSettled() {
        return isComplete() || nanos.getAsLong() - begun > LONGEST_WAIT.toNanos();
    }

    /** Whether it is too long ago that the store could be asked, so that its keys do not hold any more. */
    boolean isOutdated() {
        return store.isThere() && (confirmed == NEVER || nanos.getAsLong() - confirmed > LONGEST_TRUST.toNanos());
    }

    /** Asks the store whether anything has changed, and takes it over. */
    public Uni<Void> refresh() {
        if (!store.isThere()) {
            return Uni.createFrom().voidItem();
        }
        return Uni.createFrom().deferred(() -> {
            long ticket = tickets.incrementAndGet();
            long asked = nanos.getAsLong();
            return store.revision()
                    .chain(revision -> confirmed != NEVER && revision == roll.revision()
                            ? Uni.createFrom().<KeyStore.@Nullable Contents>nullItem()
                            : store.contents())
                    .invoke(contents -> apply(ticket, asked, contents))
                    .onFailure()
                    .invoke(this::away)
                    .replaceWithVoid();
        });
    }

    /** What was asked for later knows more. */
    private synchronized void apply(long ticket, long asked, KeyStore.@Nullable Contents contents) {
        if (ticket > applied) {
            applied = ticket;
            if (contents != null) {
                roll = new Roll(file, contents);
            }
            confirmed = asked;
        }
        if (isAway) {
            isAway = false;
            LOG.info("the store's keys are followed again");
        }
    }

    private void away(Throwable why) {
        if (!isAway && confirmed != NEVER) {
            isAway = true;
            LOG.warnf(
                    "the store cannot be asked for its keys; those that are known hold for %d minutes at most: %s",
                    LONGEST_TRUST.toMinutes(), why);
        }
    }

    /** What becomes of the store's keys, for operators. */
    String state() {
        if (!store.isThere()) {
            return "from files alone";
        }
        long since = confirmed;
        if (since == NEVER) {
            return "the store was not reached yet: its keys are not known";
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos.getAsLong() - since);
        if (isOutdated()) {
            return "the store was last reached " + seconds + " s ago: its keys do not hold any more";
        }
        return isAway
                ? "the store was last reached " + seconds + " s ago: its keys hold for "
                        + (LONGEST_TRUST.toSeconds() - seconds) + " s more"
                : "followed";
    }

    /** Keys by name, from behind that one on. */
    public List<KeyEntry> keysAfter(String name) {
        return List.copyOf(roll.keysAfter(name));
    }

    /** Teams by name, from behind that one on. */
    public List<TeamEntry> teamsAfter(String name) {
        return List.copyOf(roll.teamsAfter(name));
    }

    /**
     * The key of that id.
     *
     * @throws SignalboxException 404 {@code not_found}
     */
    public KeyEntry key(String id) {
        KeyEntry key = roll.key(id);
        if (key == null) {
            throw new SignalboxException(404, "not_found", "there is no key " + id, null);
        }
        return key;
    }

    /**
     * The team of that name.
     *
     * @throws SignalboxException 404 {@code not_found}
     */
    public TeamEntry team(String name) {
        TeamEntry team = roll.team(name);
        if (team == null) {
            throw new SignalboxException(404, "not_found", "there is no team " + name, null);
        }
        return team;
    }
}
