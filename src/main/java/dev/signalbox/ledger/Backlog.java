package dev.signalbox.ledger;

import io.smallrye.mutiny.Uni;
import java.util.function.BooleanSupplier;

/** What is settled but not yet in the store. */
public interface Backlog {

    /** How many rows are on their way to the store; 0 when there is none. */
    long lag();

    /** Completes when everything settled before this call can be read, or after two seconds, or when the store is away. */
    Uni<Void> caughtUp();

    /** Says whether everything settled before this call can be read by then, however long that takes. */
    BooleanSupplier arrival();
}
