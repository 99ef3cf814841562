package dev.signalbox.upstream;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.FrameParser;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Reads one streamed answer: from bytes to server-sent events to events of the chat, or to a failure. */
final class StreamReading implements StreamTransport.Answer {

    private static final int LONGEST_EVENT = 32 << 20;
    private static final int LONGEST_ERROR = 1 << 20;

    private final Call call;
    private final Dialect dialect;
    private final AnswerDecoder decoder;
    private final EventSink sink;
    private final Clock clock;
    private final FrameParser frames;
    private @Nullable HttpClientResponse response;
    private @Nullable Buffer notEvents;
    private boolean any;
    private boolean over;

    StreamReading(Call call, Dialect dialect, AnswerDecoder decoder, EventSink sink, Clock clock) {
        this.call = call;
        this.dialect = dialect;
        this.frames = dialect.frames(LONGEST_EVENT);
        this.decoder = decoder;
        this.sink = sink;
        this.clock = clock;
    }

    @Override
    public void connected() {
        call.exchange().trail().connected(System.nanoTime());
    }

    @Override
    public void head(HttpClientResponse head) {
        response = head;
        String type = head.getHeader("content-type");
        boolean events = type == null || !type.regionMatches(true, 0, "application/json", 0, 16);
        if (head.statusCode() < 200 || head.statusCode() > 299 || !events) {
            notEvents = Buffer.buffer();
        }
    }

    @Override
    public void bytes(Buffer bytes) {
        if (over) {
            return;
        }
        Buffer gathered = notEvents;
        if (gathered != null) {
            if (gathered.length() + bytes.length() <= LONGEST_ERROR) {
                gathered.appendBuffer(bytes);
            }
            return;
        }
        byte[] array = bytes.getBytes();
        try {
            frames.feed(array, 0, array.length, this::frame);
        } catch (RuntimeException broken) {
            fail(broken);
            return;
        }
        sink.flush();
        if (over && !any) {
            sink.onError(new Dialect.BrokenAnswer("the stream held nothing but its end mark", null));
        } else if (over) {
            sink.ended();
        } else if (sink.isFull()) {
            pause();
        }
    }

    private void frame(@Nullable String name, byte[] data) {
        if (!over) {
            decoder.event(name, data, this::pass);
            over = decoder.ended();
        }
    }

    private void pass(ChatEvent event) {
        any = true;
        sink.event(event);
    }

    private void pause() {
        HttpClientResponse from = response;
        if (from != null) {
            from.pause();
            sink.onRoom(from::resume);
        }
    }

    @Override
    public void end() {
        if (over) {
            return;
        }
        HttpClientResponse head = response;
        Buffer gathered = notEvents;
        if (head != null && gathered != null) {
            over = true;
            sink.onError(notAStream(head, gathered.getBytes()));
            return;
        }
        try {
            frames.end(this::frame);
        } catch (RuntimeException broken) {
            fail(broken);
            return;
        }
        if (decoder.finished()) {
            over = true;
            sink.flush();
            sink.ended();
        } else {
            over = true;
            sink.onError(StreamTransport.cut());
        }
    }

    private Throwable notAStream(HttpClientResponse head, byte[] body) {
        if (head.statusCode() < 200 || head.statusCode() > 299) {
            return Failures.of(dialect, head.statusCode(), head::getHeader, body, clock);
        }
        try {
            dialect.decoder().answer(body, _ -> {});
        } catch (Dialect.BrokenAnswer broken) {
            return broken;
        }
        return new Dialect.BrokenAnswer("a stream was asked for, and a plain answer came", null);
    }

    @Override
    public void broken(Throwable cause) {
        if (!over) {
            over = true;
            sink.onError(cause);
        }
    }

    private void fail(Throwable cause) {
        over = true;
        sink.onError(cause);
        call.cancellation().cancel();
    }
}
