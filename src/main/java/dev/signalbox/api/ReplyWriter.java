package dev.signalbox.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Attempt;
import dev.signalbox.chat.Caller;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.PassedThrough;
import dev.signalbox.chat.Quota;
import dev.signalbox.chat.Receipt;
import dev.signalbox.chat.Reply;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.chat.Trail;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes one answer to an HTTP response, in the caller's dialect; the same for streams and plain answers. */
public final class ReplyWriter implements Reply {

    private static final long KEEP_ALIVE_MILLIS = 15_000;
    private static final CharSequence JSON = io.vertx.core.http.HttpHeaders.createOptimized("application/json");
    private static final CharSequence CONTENT_TYPE = io.vertx.core.http.HttpHeaders.CONTENT_TYPE;

    private final Vertx vertx;
    private final Exchange exchange;
    private final Dialect dialect;
    private final AnswerEncoder encoder;
    private final HttpServerResponse response;
    private final Door.@Nullable Ending ending;
    private @Nullable Buffer pending;
    private long keepAlive = -1;
    private long lastWrite;
    private boolean begun;
    private boolean over;

    /**
     * @param dialect the caller's
     * @param ending sees the answer before its end is sent; null when nobody wants to
     */
    ReplyWriter(
            Vertx vertx,
            Exchange exchange,
            Dialect dialect,
            HttpServerResponse response,
            Door.@Nullable Ending ending) {
        this.vertx = vertx;
        this.exchange = exchange;
        this.dialect = dialect;
        this.response = response;
        this.ending = ending;
        this.encoder = dialect.encoder(new Dialect.AnswerForm(
                exchange.id(),
                exchange.time().getEpochSecond(),
                exchange.stream(),
                exchange.usageWanted(),
                exchange.body()));
    }

    /** Calls the action when the caller hangs up before the answer is whole. */
    void onHangUp(Runnable action) {
        if (response.closed()) {
            action.run(); // while something was looked up
        }
        response.closeHandler(_ -> {
            if (!over) {
                action.run();
            }
        });
        response.exceptionHandler(_ -> {});
    }

    @Override
    public boolean begun() {
        return begun;
    }

    @Override
    public void begin() {
        begun = true;
        if (!exchange.stream() || response.closed()) {
            return;
        }
        response.setChunked(true);
        response.putHeader(CONTENT_TYPE, encoder.streamType())
                .putHeader("cache-control", "no-cache")
                .putHeader("x-accel-buffering", "no");
        facts(null, exchange.trail().firstTokenAt());
        lastWrite = System.nanoTime();
        keepAlive = vertx.setTimer(KEEP_ALIVE_MILLIS, _ -> keepAlive());
    }

    private void keepAlive() {
        keepAlive = -1;
        if (over || response.closed()) {
            return;
        }
        long quiet = (System.nanoTime() - lastWrite) / 1_000_000;
        if (quiet >= KEEP_ALIVE_MILLIS) {
            byte[] sign = encoder.keepAlive();
            if (sign.length > 0) {
                write(Buffer.buffer(sign));
            }
            quiet = 0;
        }
        keepAlive = vertx.setTimer(Math.max(1, KEEP_ALIVE_MILLIS - quiet), _ -> keepAlive());
    }

    @Override
    public void event(ChatEvent event) {
        if (!exchange.stream()) {
            encoder.gather(event);
            return;
        }
        byte[] bytes = encoder.event(event);
        if (bytes.length > 0) {
            Buffer held = pending;
            if (held == null) {
                pending = Buffer.buffer(bytes);
            } else {
                held.appendBytes(bytes);
            }
        }
    }

    @Override
    public Dialect.@Nullable AnswerDecoder reader() {
        return dialect.rereader();
    }

    @Override
    public boolean resume(List<ChatEvent> heard) {
        return encoder.resume(heard);
    }

    @Override
    public void flush() {
        Buffer held = pending;
        if (held != null) {
            pending = null;
            write(held);
        }
    }

    private void write(Buffer bytes) {
        if (!response.closed() && !response.ended()) {
            lastWrite = System.nanoTime();
            response.write(bytes);
        }
    }

    @Override
    public boolean isFull() {
        return !response.closed() && response.writeQueueFull();
    }

    @Override
    public void onRoom(Runnable action) {
        response.drainHandler(_ -> action.run());
    }

    @Override
    public void complete(Receipt receipt) {
        over();
        Door.Ending before = ending;
        if (before == null) {
            finish(receipt);
            return;
        }
        flush();
        Context loop = vertx.getOrCreateContext();
        Runnable finish = () -> loop.runOnContext(_ -> finish(receipt));
        Uni.createFrom().deferred(() -> before.before(encoder)).subscribe().with(_ -> finish.run(), _ -> finish.run());
    }

    private void finish(Receipt receipt) {
        if (response.closed()) {
            return;
        }
        if (exchange.stream()) {
            end(encoder.end(comment(receipt, 200)));
        } else {
            facts(receipt, System.nanoTime()); // the first token of a plain answer comes with the last
            response.putHeader(CONTENT_TYPE, JSON).end(Buffer.buffer(encoder.plain()));
        }
    }

    private void over() {
        over = true;
        if (keepAlive >= 0) {
            vertx.cancelTimer(keepAlive);
        }
    }

    private void end(byte[] last) {
        Buffer held = pending;
        response.end(held == null ? Buffer.buffer(last) : held.appendBytes(last));
    }

    @Override
    public void fail(SignalboxException failure, @Nullable Receipt receipt) {
        over();
        if (response.closed()) {
            return;
        }
        SignalboxException told = withoutSecrets(failure);
        if (begun && exchange.stream()) {
            end(encoder.broken(told, receipt == null ? new byte[0] : comment(receipt, 502)));
            return;
        }
        facts(receipt, 0);
        refuse(response, dialect, told);
    }

    private SignalboxException withoutSecrets(SignalboxException failure) {
        if (exchange.caller().isTold("attempts") || failure.attempts().isEmpty()) {
            return failure;
        }
        if (failure instanceof PassedThrough own) {
            return new PassedThrough(own.status(), own.code(), own.message(), own.param(), List.of(), own.body());
        }
        return new SignalboxException(
                failure.status(),
                failure.code(),
                "no provider could answer",
                failure.param(),
                List.of(),
                failure.retryAfter());
    }

    /** Writes an error that comes before there is an exchange, or in place of its answer. */
    static void refuse(HttpServerResponse response, Dialect dialect, SignalboxException failure) {
        Duration retryAfter = failure.retryAfter();
        if (retryAfter != null) {
            response.putHeader("retry-after", String.valueOf(Math.max(1, (retryAfter.toMillis() + 999) / 1000)));
        }
        byte[] own = failure instanceof PassedThrough passed ? passed.body() : null;
        response.setStatusCode(failure.status())
                .putHeader(CONTENT_TYPE, JSON)
                .end(Buffer.buffer(
                        own == null ? dialect.error(failure, response.headers().get(Gate.REQUEST_ID)) : own));
    }

    /** @param firstToken when the caller's first token came; 0: never */
    private void facts(@Nullable Receipt receipt, long firstToken) {
        Trail trail = exchange.trail();
        Quota quota = trail.quota();
        if (quota != null) {
            dialect.tell(quota, response::putHeader);
        }
        Caller caller = exchange.caller();
        Trail.Served served = trail.served();
        if (served != null && caller.isTold("provider")) {
            response.putHeader(HeaderNames.PROVIDER, header(served.provider()));
            response.putHeader(HeaderNames.MODEL, header(served.model()));
        }
        if (!trail.strategy().isEmpty()) {
            response.putHeader(HeaderNames.STRATEGY, trail.strategy());
        }
        if (caller.isTold("attempts")) {
            response.putHeader(HeaderNames.ATTEMPTS, String.valueOf(trail.dispatchedCount()));
        }
        response.putHeader(HeaderNames.CACHE, HeaderNames.OFF);
        if (!trail.dropped().isEmpty()) {
            response.putHeader("x-signalbox-dropped", header(String.join(",", trail.dropped())));
        }
        if (!trail.emulated().isEmpty()) {
            response.putHeader("x-signalbox-emulated", header(String.join(",", trail.emulated())));
        }
        if (receipt != null) {
            if (receipt.cost() != null && caller.isTold("cost")) {
                response.putHeader(HeaderNames.COST_USD, receipt.cost().toString());
            }
            response.putHeader(HeaderNames.LATENCY_MS, number(receipt.latencyMs()));
            response.putHeader(HeaderNames.OVERHEAD_MS, number(receipt.overheadMs()));
        }
        response.putHeader(HeaderNames.SERVER_TIMING, timing(trail, firstToken));
    }

    /** Header values are ASCII without control characters; upstream model names may be anything. */
    private static String header(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < 0x20 || value.charAt(i) > 0x7E) {
                return value.replaceAll("[^\\x20-\\x7E]", "?");
            }
        }
        return value;
    }

    private static String number(double millis) {
        return String.valueOf(Math.round(millis * 1000) / 1000.0);
    }

    private String timing(Trail trail, long firstToken) {
        long start = exchange.startNanos();
        var timing = new StringBuilder(96);
        span(timing, "admit", start, trail.admittedAt());
        span(timing, "route", trail.admittedAt(), trail.routedAt());
        span(timing, "connect", trail.dispatchedAt(), trail.connectedAt());
        span(timing, "first-token", start, firstToken);
        return timing.toString();
    }

    private static void span(StringBuilder timing, String name, long from, long to) {
        if (from != 0 && to != 0) {
            if (!timing.isEmpty()) {
                timing.append(", ");
            }
            timing.append(name).append(";dur=").append(number((to - from) / 1_000_000.0));
        }
    }

    /** The facts of a stream, as a comment block that SSE clients pass over. */
    private byte[] comment(Receipt receipt, int status) {
        Trail trail = exchange.trail();
        Caller caller = exchange.caller();
        Trail.Served served = trail.served();
        ObjectNode facts = Json.object();
        facts.put("id", exchange.id());
        if (caller.isTold("provider")) {
            facts.put("provider", served == null ? null : served.provider());
            facts.put("model", trail.model());
            facts.put("deployment", served == null ? null : served.deployment());
        }
        facts.put("strategy", trail.strategy());
        if (caller.isTold("attempts")) {
            var attempts = facts.putArray("attempts");
            for (Attempt attempt : trail.attempts()) {
                attempts.addObject()
                        .put("provider", attempt.provider())
                        .put("model", attempt.model())
                        .put("status", attempt.status())
                        .put("error", attempt.error())
                        .put("duration_ms", attempt.durationMs());
            }
        }
        facts.put("status", status);
        facts.put("estimated", receipt.estimated());
        facts.put("input_tokens", receipt.usage().input());
        facts.put("output_tokens", receipt.usage().output());
        facts.put("cached_tokens", receipt.usage().cacheRead());
        facts.put("cache_write_tokens", receipt.usage().cacheWrite());
        facts.put("reasoning_tokens", receipt.usage().reasoning());
        if (caller.isTold("cost")) {
            facts.put("cost_usd", receipt.cost() == null ? null : receipt.cost().usd());
        }
        facts.put("latency_ms", receipt.latencyMs());
        facts.put("first_token_ms", receipt.firstTokenMs());
        return (": signalbox " + Json.text(facts) + "\n\n").getBytes(StandardCharsets.UTF_8);
    }
}
