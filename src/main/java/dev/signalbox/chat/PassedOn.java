package dev.signalbox.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A reply in front of another one: passes everything on, but for what it takes a part in itself. */
public abstract class PassedOn implements Reply {

    private final Reply reply;

    /**
     * @param reply takes what is passed on
     */
    protected PassedOn(Reply reply) {
        this.reply = reply;
    }

    @Override
    public boolean begun() {
        return reply.begun();
    }

    @Override
    public void begin() {
        reply.begin();
    }

    @Override
    public Dialect.@Nullable AnswerDecoder reader() {
        return reply.reader();
    }

    @Override
    public boolean resume(List<ChatEvent> heard) {
        return reply.resume(heard);
    }

    @Override
    public void event(ChatEvent event) {
        reply.event(event);
    }

    @Override
    public void flush() {
        reply.flush();
    }

    @Override
    public boolean isFull() {
        return reply.isFull();
    }

    @Override
    public void onRoom(Runnable action) {
        reply.onRoom(action);
    }

    @Override
    public void complete(Receipt receipt) {
        reply.complete(receipt);
    }

    @Override
    public void fail(SignalboxException failure, @Nullable Receipt receipt) {
        reply.fail(failure, receipt);
    }
}
