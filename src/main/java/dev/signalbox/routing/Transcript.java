package dev.signalbox.routing;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.PassedOn;
import dev.signalbox.chat.Reply;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A reply that remembers everything the caller has heard, in no vendor's language, so that another upstream can go on with it.
 * What goes to the caller as it came is read a second time, which is why only models that resume streams have one.
 */
final class Transcript extends PassedOn {

    private final boolean stream;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder thoughts = new StringBuilder();
    private final List<ChatEvent> seals = new ArrayList<>(0);
    private final List<Called> calls = new ArrayList<>(0);
    private ChatEvent.@Nullable Started started;
    private @Nullable FinishReason finished;
    private @Nullable AnswerDecoder reader;
    private boolean refused;
    private boolean unsafe;

    /**
     * A call of a tool, as far as it was heard.
     *
     * @param index among the calls of the answer, from 0
     * @param arguments the text of its arguments so far
     */
    record Called(int index, String id, String name, StringBuilder arguments) {}

    /**
     * Of a stream.
     *
     * @param reply the caller's
     */
    Transcript(Reply reply) {
        this(reply, true);
    }

    private Transcript(Reply reply, boolean stream) {
        super(reply);
        this.stream = stream;
    }

    /**
     * Of a whole answer that nobody has heard yet, and that nobody hears by this.
     *
     * @param stream whether it came as a stream
     * @param reply who would hear it
     */
    static Transcript of(List<ChatEvent> answer, boolean stream, Reply reply) {
        Transcript transcript = new Transcript(reply, stream);
        answer.forEach(transcript::read);
        return transcript;
    }

    @Override
    public void event(ChatEvent event) {
        read(event);
        super.event(event);
    }

    private void read(ChatEvent event) {
        if (event instanceof ChatEvent.Wire wire) {
            reread(wire);
        } else {
            hear(event);
        }
    }

    private void reread(ChatEvent.Wire wire) {
        if (unsafe) {
            return;
        }
        if (wire.finished() != null) {
            finished = wire.finished();
        }
        if (wire.silent()) {
            return;
        }
        if (reader == null) {
            reader = reader();
        }
        AnswerDecoder reads = reader;
        if (reads == null) {
            unsafe = true;
            return;
        }
        try {
            if (stream) {
                reads.event(wire.name(), wire.data(), this::hear);
            } else {
                reads.answer(wire.data(), this::hear);
            }
        } catch (BrokenAnswer unknown) {
            unsafe = true;
        }
    }

    /** Takes an event that is in no vendor's language. */
    private void hear(ChatEvent event) {
        boolean afterCalls = !calls.isEmpty();
        switch (event) {
            case ChatEvent.Started begins -> started = started == null ? begins : started;
            case ChatEvent.Text(var delta) -> {
                text.append(delta);
                unsafe |= afterCalls && !delta.isEmpty();
            }
            case ChatEvent.Thinking(var delta) -> thoughts.append(delta);
            case ChatEvent.ThinkingSealed _, ChatEvent.SealedThinking _ -> seals.add(event);
            case ChatEvent.ToolCallStarted(var index, var id, var name) -> {
                unsafe |= index != calls.size();
                calls.add(new Called(index, id, name, new StringBuilder()));
            }
            case ChatEvent.ToolCallArguments(var index, var delta) -> {
                if (index >= 0 && index < calls.size()) {
                    calls.get(index).arguments().append(delta);
                } else {
                    unsafe = true;
                }
            }
            case ChatEvent.Refusal(var delta) -> refused |= !delta.isEmpty();
            case ChatEvent.Finished end -> finished = end.reason();
            case ChatEvent.Used _ -> {}
            case ChatEvent.Embedded _, ChatEvent.Counted _, ChatEvent.Wire _ -> unsafe = true;
        }
    }

    /** Whether somebody else could go on: everything was understood, and no refusal is under way. */
    boolean isSafe() {
        return !unsafe && !refused;
    }

    /** Whether everything was understood. */
    boolean isReadable() {
        return !unsafe;
    }

    /** Whether the model refused. */
    boolean refused() {
        return refused;
    }

    /** Why the answer ended; null while it has not. */
    @Nullable FinishReason finished() {
        return finished;
    }

    /** What was said. */
    String text() {
        return text.toString();
    }

    /** What was thought. */
    String thoughts() {
        return thoughts.toString();
    }

    /** Whether the thoughts are over: sealed, or followed by something else. */
    boolean thoughtsAreOver() {
        return !seals.isEmpty() || !text.isEmpty() || !calls.isEmpty();
    }

    /** The calls, in the order in which they began. */
    List<Called> calls() {
        return calls;
    }

    /** Everything that was heard, in as few events as there can be. */
    List<ChatEvent> heard() {
        List<ChatEvent> heard = new ArrayList<>(4);
        if (started != null) {
            heard.add(started);
        }
        if (!thoughts.isEmpty()) {
            heard.add(new ChatEvent.Thinking(thoughts.toString()));
        }
        heard.addAll(seals);
        if (!text.isEmpty()) {
            heard.add(new ChatEvent.Text(text.toString()));
        }
        for (Called call : calls) {
            heard.add(new ChatEvent.ToolCallStarted(call.index(), call.id(), call.name()));
            if (!call.arguments().isEmpty()) {
                heard.add(new ChatEvent.ToolCallArguments(
                        call.index(), call.arguments().toString()));
            }
        }
        return heard;
    }
}
