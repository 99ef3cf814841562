package dev.signalbox.upstream;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.upstream.UpstreamFailure.Kind;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * One attempt under its deadlines: first token, silence, whole, and the caller's own. It ends exactly once, whoever is
 * first: the model, a deadline, or a caller who hangs up; what comes after that is thrown away.
 */
final class Asking implements EventSink {

    private final Vertx vertx;
    private final DeploymentModel model;
    private final ProviderEntry provider;
    private final Call call;
    private final EventSink sink;
    private final boolean stream;
    private final long start = System.nanoTime();
    private final long callersDeadline;
    private final Runnable onHangUp = this::hangUp;
    private final Runnable onCancel = this::superseded;
    private @Nullable UniEmitter<? super Void> emitter;
    private @Nullable CompletableFuture<ChatResponse> plain;
    private long timer = -1;
    private long lastEvent;
    private boolean spoke;
    private boolean over;

    Asking(Vertx vertx, DeploymentModel model, ProviderEntry provider, Call call, EventSink sink) {
        this.vertx = vertx;
        this.model = model;
        this.provider = provider;
        this.call = call;
        this.sink = sink;
        this.stream = call.exchange().stream();
        var timeout = call.exchange().controls().timeout();
        this.callersDeadline =
                timeout == null ? Long.MAX_VALUE : call.exchange().startNanos() + timeout.toNanos() - start;
    }

    /** Asks when subscribed to. It must not be cancelled from outside, but through the call's cancellation. */
    Uni<Void> uni() {
        return Uni.createFrom().emitter(e -> {
            emitter = e;
            begin();
        });
    }

    private void begin() {
        call.exchange().cancellation().onCancel(onHangUp);
        call.cancellation().onCancel(onCancel);
        if (over) {
            return;
        }
        call.exchange().trail().dispatched(call.served(), start);
        arm(untilDue(start));
        if (stream) {
            model.streaming().doChat(call.request(), this);
            return;
        }
        CompletableFuture<ChatResponse> answer = model.plain().doChatAsync(call.request());
        plain = answer;
        answer.whenComplete((response, failure) -> {
            if (failure == null) {
                onCompleteResponse(response);
            } else {
                onError(
                        failure instanceof CompletionException && failure.getCause() != null
                                ? failure.getCause()
                                : failure);
            }
        });
    }

    @Override
    public void event(ChatEvent event) {
        if (over) {
            return;
        }
        if (!spoke && event.meaningful()) {
            spoke = true;
            if (stream && provider.idleTimeout().toNanos() < limit() && timer >= 0) {
                vertx.cancelTimer(timer);
                lastEvent = System.nanoTime();
                arm(untilDue(lastEvent));
            }
        }
        if (!(event instanceof ChatEvent.Wire wire && wire.silent() && wire.usage() == null)) {
            lastEvent = System.nanoTime();
        }
        try {
            sink.event(event);
        } catch (UpstreamFailure unfit) {
            abandon(unfit);
        } catch (RuntimeException bug) {
            failed(bug);
        }
    }

    /** A bug ends it at once, and not by a deadline. */
    private void failed(RuntimeException bug) {
        onError(bug);
        call.cancellation().cancel();
    }

    @Override
    public void flush() {
        if (over) {
            return;
        }
        try {
            sink.flush();
        } catch (RuntimeException bug) {
            failed(bug);
        }
    }

    @Override
    public boolean isFull() {
        return !over && sink.isFull();
    }

    @Override
    public void onRoom(Runnable action) {
        sink.onRoom(action);
    }

    @Override
    public void ended() {
        if (finish()) {
            try {
                sink.ended();
            } catch (RuntimeException unfit) {
                emitted().fail(unfit); // also when it is a bug: somebody waits
                return;
            }
            emitted().complete(null);
        }
    }

    @Override
    public void onError(Throwable thrown) {
        if (thrown instanceof CancellationException) {
            return;
        }
        UpstreamFailure failure = Failures.of(thrown);
        if (spoke && stream && failure.kind() != Kind.CALLER_GONE) {
            failure = new UpstreamFailure(
                    Kind.STREAM_BROKEN,
                    failure.message(),
                    failure.status(),
                    failure.error(),
                    null,
                    failure.retryAfter(),
                    null);
        }
        fail(failure);
    }

    private void fail(UpstreamFailure failure) {
        if (finish()) {
            emitted().fail(failure);
        }
    }

    /** Fails, and ends what is under way. */
    private void abandon(UpstreamFailure failure) {
        fail(failure);
        CompletableFuture<ChatResponse> answer = plain;
        if (answer != null) {
            answer.cancel(true);
        }
        call.cancellation().cancel();
    }

    private void hangUp() {
        abandon(new UpstreamFailure(Kind.CALLER_GONE, "the caller has hung up"));
    }

    private void superseded() {
        abandon(new UpstreamFailure(Kind.SUPERSEDED, "another attempt was faster"));
    }

    private boolean finish() {
        if (over) {
            return false;
        }
        over = true;
        if (timer >= 0) {
            vertx.cancelTimer(timer);
        }
        call.exchange().cancellation().forget(onHangUp);
        return true;
    }

    private UniEmitter<? super Void> emitted() {
        UniEmitter<? super Void> now = emitter;
        if (now == null) {
            throw new IllegalStateException("nobody has asked yet");
        }
        return now;
    }

    private void arm(long nanos) {
        timer = vertx.setTimer(Math.max(1, nanos / 1_000_000 + 1), _ -> due());
    }

    private void due() {
        timer = -1;
        long now = System.nanoTime();
        if (over) {
            return;
        }
        if (now - start >= callersDeadline) {
            abandon(new UpstreamFailure(Kind.OUT_OF_TIME, "the time that the request asked for is used up"));
            return;
        }
        if (sink.isFull()) {
            lastEvent = now;
        }
        long left = untilDue(now);
        if (left > 0) {
            arm(left);
        } else if (spoke && stream) {
            abandon(new UpstreamFailure(
                    Kind.STREAM_BROKEN,
                    "the upstream was silent for " + provider.idleTimeout().toMillis() + " ms"));
        } else {
            abandon(new UpstreamFailure(
                    Kind.FIRST_EVENT_TIMEOUT, "nothing came within " + limit() / 1_000_000 + " ms"));
        }
    }

    private long limit() {
        long whole = provider.timeout().toNanos();
        return stream ? Math.min(whole, provider.firstTokenTimeout().toNanos()) : whole;
    }

    private long untilDue(long now) {
        long own = spoke && stream ? lastEvent + provider.idleTimeout().toNanos() - now : start + limit() - now;
        return callersDeadline == Long.MAX_VALUE ? own : Math.min(own, start + callersDeadline - now);
    }
}
