package dev.signalbox.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A reply that always has room and tells nobody what it is given. */
public class QuietReply implements Reply {

    private boolean begun;

    @Override
    public boolean begun() {
        return begun;
    }

    @Override
    public void begin() {
        begun = true;
    }

    @Override
    public boolean resume(List<ChatEvent> heard) {
        return true;
    }

    @Override
    public void event(ChatEvent event) {}

    @Override
    public void flush() {}

    @Override
    public boolean isFull() {
        return false;
    }

    @Override
    public void onRoom(Runnable action) {}

    @Override
    public void complete(Receipt receipt) {}

    @Override
    public void fail(SignalboxException failure, @Nullable Receipt receipt) {}
}
