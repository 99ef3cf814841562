package dev.signalbox.keys;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/** Keeps the {@link KeyBook} up to date: asks the store twice a second, and never twice at the same time. */
@ApplicationScoped
class KeyFeed {

    private static final long PAUSE_MILLIS = 500;
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final KeyBook book;
    private final KeyStore store;
    private final Vertx vertx;
    private volatile boolean isEnding;

    KeyFeed(KeyBook book, KeyStore store, Vertx vertx) {
        this.book = book;
        this.store = store;
        this.vertx = vertx;
    }

    void start(@Observes StartupEvent event) {
        if (store.isThere()) {
            ask();
        }
    }

    void stop(@Observes ShutdownEvent event) {
        isEnding = true;
    }

    private void ask() {
        if (!isEnding) {
            book.refresh()
                    .ifNoItem()
                    .after(LONGEST)
                    .fail()
                    .onTermination()
                    .invoke(() -> vertx.setTimer(PAUSE_MILLIS, _ -> ask()))
                    .subscribe()
                    .with(_ -> {}, _ -> {});
        }
    }
}
