package dev.signalbox.limits;

import dev.signalbox.chat.Cancellation;
import io.smallrye.mutiny.subscription.Cancellable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A caller at a waiting room, and what has become of it. */
final class Guest {

    final String client;
    final Cancellation cancellation = new Cancellation();

    @Nullable Place place;

    @Nullable Throwable failure;

    int heard;
    private @Nullable Cancellable wait;

    Guest(String client) {
        this.client = client;
    }

    Guest enters(WaitingRoom room, long deadlineNanos) {
        wait = room.enter(client, deadlineNanos, cancellation)
                .subscribe()
                .with(
                        came -> {
                            heard++;
                            place = came;
                        },
                        thrown -> {
                            heard++;
                            failure = thrown;
                        });
        return this;
    }

    boolean isIn() {
        return place != null;
    }

    boolean waits() {
        return heard == 0;
    }

    void leaves() {
        Objects.requireNonNull(place).leave();
    }

    void givesUp() {
        Objects.requireNonNull(wait).cancel();
    }

    void hangsUp() {
        cancellation.cancel();
    }

    NoPlace.@Nullable Reason reason() {
        return failure instanceof NoPlace no ? no.reason() : null;
    }
}
