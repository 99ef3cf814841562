package dev.signalbox.routing;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Reply;
import dev.signalbox.upstream.EventSink;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds an attempt's events back until the first one with meaning, and a plain answer's until it is whole: as long as
 * nothing has reached the caller, the next candidate can still be asked.
 */
final class FirstToken implements EventSink {

    /** More than any vendor sends before its first token; a bound on memory. */
    private static final int MOST_HELD = 1_000;

    private final Exchange exchange;
    private final Reply reply;
    private final List<ChatEvent> held = new ArrayList<>(4);
    private boolean open;

    FirstToken(Exchange exchange, Reply reply) {
        this.exchange = exchange;
        this.reply = reply;
    }

    @Override
    public void event(ChatEvent event) {
        if (open) {
            reply.event(event);
            return;
        }
        held.add(event);
        if (exchange.stream() && (event.meaningful() || held.size() >= MOST_HELD)) {
            exchange.trail().firstToken(System.nanoTime());
            release();
        }
    }

    private void release() {
        open = true;
        reply.begin();
        held.forEach(reply::event);
        held.clear();
    }

    @Override
    public void flush() {
        if (open) {
            reply.flush();
        }
    }

    @Override
    public boolean isFull() {
        return open && reply.isFull();
    }

    @Override
    public void onRoom(Runnable action) {
        reply.onRoom(action);
    }

    @Override
    public void ended() {
        if (!open) {
            release();
        }
    }

    @Override
    public void onError(Throwable error) {
        held.clear();
    }
}
