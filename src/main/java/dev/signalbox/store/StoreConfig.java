package dev.signalbox.store;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;

/** Where keys, configuration and the ledger are kept. */
@ConfigMapping(prefix = "signalbox.store")
public interface StoreConfig {

    /**
     * {@code embedded}: a PostgreSQL of this gateway's own, the default on the JVM; {@code postgres}: the one that the
     * {@code quarkus.datasource} keys name; {@code none}: no store, the default of the native executable.
     */
    Kind kind();

    /** Where the embedded PostgreSQL keeps its programs and data. */
    @WithDefault("./data")
    Path directory();

    /** Which store. */
    enum Kind {
        EMBEDDED,
        POSTGRES,
        NONE
    }
}
