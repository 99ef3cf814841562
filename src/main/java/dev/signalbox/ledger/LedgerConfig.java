package dev.signalbox.ledger;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;

/** Where the ledger's journal lies and where its rows go. */
@ConfigMapping(prefix = "signalbox.ledger")
public interface LedgerConfig {

    /** The journal's directory, on a disk that outlives the process; one gateway per directory. */
    @WithDefault("./data/journal")
    Path journal();

    /**
     * Whether rows are written to the journal. Without it they live in memory and in the metrics and end with the process:
     * for benchmarks and throw-away gateways, and only with {@code signalbox.store.kind} none.
     */
    @WithDefault("true")
    boolean durable();

    /**
     * For how many days rows are kept in the store, whole days in UTC at a time, or the journal itself when there is no store
     * to bring it to. The sums that usage is answered from stay.
     */
    @WithDefault("30")
    int retentionDays();

    /** {@code store}, or {@code stdout} to print each row as a line of JSON as well, for disks that vanish. */
    @WithDefault("store")
    Sink sink();

    /** Where rows go. */
    enum Sink {
        STORE,
        STDOUT
    }
}
