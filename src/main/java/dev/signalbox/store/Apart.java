package dev.signalbox.store;

import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Work with the store on a context of its own, since a session belongs to one and whoever asks may be on anyone's. */
final class Apart {

    private Apart() {}

    /** Does that on a new context; it ends there, too. */
    static <T extends @Nullable Object> Uni<T> on(Vertx vertx, Supplier<Uni<T>> work) {
        return Uni.createFrom().emitter(emitter -> {
            Context own = Objects.requireNonNull(VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext()));
            VertxContextSafetyToggle.setContextSafe(own, true);
            own.runOnContext(_ -> Uni.createFrom()
                    .voidItem()
                    .chain(() -> work.get())
                    .subscribe()
                    .with(emitter::complete, emitter::fail));
        });
    }
}
