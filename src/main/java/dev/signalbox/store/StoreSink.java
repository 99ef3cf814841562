package dev.signalbox.store;

import dev.signalbox.ledger.LedgerSink;
import dev.signalbox.ledger.Rows;
import dev.signalbox.ledger.RowsRefused;
import io.quarkus.vertx.VertxContextSupport;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.DataException;
import org.jboss.logging.Logger;

/** Brings the ledger's rows into the store. */
@ApplicationScoped
class StoreSink implements LedgerSink {

    private static final Logger LOG = Logger.getLogger(StoreSink.class);

    private final RequestTable table;
    private final Store store;

    StoreSink(RequestTable table, Store store) {
        this.table = table;
        this.store = store;
    }

    @Override
    public String name() {
        return "store";
    }

    @Override
    public boolean isActive() {
        return store.isConfigured();
    }

    @Override
    public boolean isReady() {
        return store.isReady();
    }

    @Override
    public boolean isStore() {
        return true;
    }

    @Override
    public void write(Rows rows) throws Exception {
        String array = new String(rows.array(), StandardCharsets.UTF_8);
        try {
            Integer late = VertxContextSupport.subscribeAndAwait(() -> table.insert(array));
            if (late != null && late > 0) {
                LOG.warnf("%d rows are older than what the store keeps, and were left out", late);
            }
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof DataException || cause instanceof ConstraintViolationException) {
                    throw new RowsRefused(String.valueOf(cause.getMessage()), e);
                }
            }
            throw e instanceof Exception exception ? exception : new IllegalStateException(e);
        }
    }
}
