package dev.signalbox.routing;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Reply;
import dev.signalbox.chat.Trail;
import dev.signalbox.chat.Usage;
import dev.signalbox.upstream.Call;
import dev.signalbox.upstream.UpstreamFailure.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Holds an attempt's events back until the first one with meaning, and a plain answer's until it is whole: as long as
 * nothing has reached the caller, the next candidate can still be asked. Of several attempts that race only the first to have
 * something to say is heard.
 */
final class FirstToken implements Ear {

    /** More than any vendor sends before its first token; a bound on memory. */
    private static final int MOST_HELD = 1_000;

    private final Exchange exchange;
    private final Reply reply;
    private final Race race;
    private final Call call;
    private final List<ChatEvent> held = new ArrayList<>(4);
    private long spokeAt;
    private final Function<List<ChatEvent>, @Nullable Kind> judge;
    private boolean open;
    private @Nullable Kind heldBackFor;
    private @Nullable Usage usage;

    /** @param judge why a whole answer of which nothing was heard yet is better not heard; null: it is heard */
    FirstToken(Exchange exchange, Reply reply, Race race, Call call, Function<List<ChatEvent>, @Nullable Kind> judge) {
        this.exchange = exchange;
        this.reply = reply;
        this.race = race;
        this.call = call;
        this.judge = judge;
    }

    @Override
    public void event(ChatEvent event) {
        if (event instanceof ChatEvent.Used used) {
            usage = used.usage();
        } else if (event instanceof ChatEvent.Wire wire && wire.usage() != null) {
            usage = wire.usage();
        }
        if (open) {
            reply.event(event);
            return;
        }
        held.add(event);
        if (exchange.stream() && (event.meaningful() || held.size() >= MOST_HELD) && race.isWonBy(call)) {
            spokeAt = System.nanoTime();
            exchange.trail().firstToken(spokeAt);
            release();
        }
    }

    /** Lets the caller hear what was held back. */
    void release() {
        open = true;
        exchange.trail()
                .answers(
                        call.served(),
                        call.prepared().dropped(),
                        call.prepared().emulated());
        reply.begin();
        held.forEach(reply::event);
        held.clear();
    }

    @Override
    public long spokeAt() {
        return spokeAt;
    }

    @Override
    public @Nullable Usage usage() {
        return usage;
    }

    @Override
    public @Nullable Kind heldBackFor() {
        return heldBackFor;
    }

    /** Who is asked. */
    Trail.Served served() {
        return call.served();
    }

    @Override
    public void failed(Trail.Served by) {
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
        if (open || !race.isWonBy(call)) {
            return;
        }
        heldBackFor = judge.apply(held);
        if (heldBackFor == null) {
            release();
        } else {
            race.gaveUp(call);
        }
    }

    @Override
    public void onError(Throwable error) {
        held.clear();
    }
}
