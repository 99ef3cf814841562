package dev.signalbox.gateway;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Receipt;
import dev.signalbox.chat.Reply;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.limits.Admission;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A reply whose tokens count for its caller's limits, before the caller is told what is left of them. */
record Settling(Reply reply, Admission admission) implements Reply {

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
        settle(receipt);
        reply.complete(receipt);
    }

    @Override
    public void fail(SignalboxException failure, @Nullable Receipt receipt) {
        if (receipt != null) {
            settle(receipt);
        }
        reply.fail(failure, receipt);
    }

    private void settle(Receipt receipt) {
        admission.settle(receipt.usage().prompt(), receipt.usage().completion());
    }
}
