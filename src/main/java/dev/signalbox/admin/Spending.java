package dev.signalbox.admin;

import dev.signalbox.chat.SignalboxException;
import dev.signalbox.ledger.RequestLog;
import dev.signalbox.ledger.RequestLog.Dimension.Field;
import dev.signalbox.ledger.RequestLog.Spent;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Map;
import org.jboss.logging.Logger;

/** What the ledger knows of providers, models and deployments: what they cost, and when they were asked last. */
@Singleton
class Spending {

    private static final Logger LOG = Logger.getLogger(Spending.class);

    /** After that long, who looks at providers is told without it. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Spent NOT_KNOWN = new Spent(null, null, null);
    private static final Spent NEVER_ASKED = new Spent(BigDecimal.ZERO, BigDecimal.ZERO, null);

    /**
     * Of many.
     *
     * @param isKnown whether who is not among the entries has cost nothing
     */
    record Book(Map<String, Spent> entries, boolean isKnown) {

        static final Book NOTHING_KNOWN = new Book(Map.of(), false);

        Spent of(String name) {
            return entries.getOrDefault(name, isKnown ? NEVER_ASKED : NOT_KNOWN);
        }
    }

    private final RequestLog log;
    private final Clock clock;

    Spending(RequestLog log, Clock clock) {
        this.log = log;
        this.clock = clock;
    }

    /** Of these providers, models or deployments; while the store is away, these can be looked at without it. */
    Uni<Book> of(Field by, Collection<String> names) {
        return log.spent(by, names, LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC))
                .map(spent -> new Book(spent, true))
                .ifNoItem()
                .after(PATIENCE)
                .recoverWithItem(Book.NOTHING_KNOWN)
                .onFailure()
                .recoverWithItem(failure -> {
                    if (!(failure instanceof SignalboxException)) {
                        LOG.warnf("what providers and models cost cannot be said: %s", failure);
                    }
                    return Book.NOTHING_KNOWN;
                });
    }
}
