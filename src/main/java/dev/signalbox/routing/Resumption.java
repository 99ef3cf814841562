package dev.signalbox.routing;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Trail;
import dev.signalbox.chat.Usage;
import dev.signalbox.tokens.TokenEstimate;
import dev.signalbox.upstream.UpstreamFailure;
import dev.signalbox.upstream.UpstreamFailure.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stream that broke off after its caller had heard something, and that others may go on with: each of them is asked for {@link
 * #exchange()} with a {@link #leg()} of its own. When a leg breaks off that {@linkplain Leg#isHeard() was heard}, the next
 * resumption goes on from there.
 */
final class Resumption {

    private final Exchange exchange;
    private final Prompt asked;
    private final Transcript heard;

    private Resumption(Exchange exchange, Prompt asked, Transcript heard) {
        this.exchange = exchange;
        this.asked = asked;
        this.heard = heard;
    }

    /**
     * The broken stream as one that can be gone on with; from now on everything that reaches the caller must come from a {@link
     * #leg()}.
     *
     * @param exchange whose stream broke
     * @param heard what its caller has heard
     * @return null when nobody could go on without the caller noticing
     */
    static @Nullable Resumption of(Exchange exchange, Transcript heard) {
        if (exchange.operation() != Operation.CHAT || !exchange.stream() || !heard.isSafe()) {
            return null;
        }
        try {
            Prompt asked = exchange.prompt();
            Prompt.Given answers = asked.setting(Prompt.Setting.CANDIDATES);
            if (answers != null && answers.value().asInt(1) > 1) {
                return null;
            }
            return heard.resume(heard.heard()) ? new Resumption(exchange, asked, heard) : null;
        } catch (InvalidRequest unreadable) {
            return null; // an upstream of the caller's own language may have understood it, but nobody else does
        }
    }

    /** Whether the model was done before the stream broke, so that there is nothing to go on with. */
    static boolean isWhole(Transcript heard) {
        return heard.finished() != null;
    }

    /** What the next one is asked. */
    Exchange exchange() {
        return exchange.continuing(Continuation.wish(asked, heard));
    }

    /** Where the events of the next one go. */
    Leg leg() {
        return new Leg();
    }

    /** One upstream's going on. */
    final class Leg implements Ear {

        private final Continuation continuation = new Continuation(asked, heard, this::pass);
        private final List<ChatEvent> held = new ArrayList<>(2);
        private @Nullable Usage usage;
        private long length;
        private boolean isHeard;

        /** Usage waits for something that is heard: what nobody hears is not counted as the caller's. */
        private void pass(ChatEvent event) {
            boolean isUsage = event instanceof ChatEvent.Used;
            if (isUsage && !isHeard) {
                held.add(event);
                return;
            }
            isHeard = true;
            held.forEach(heard::event);
            held.clear();
            heard.event(event);
        }

        @Override
        public void event(ChatEvent event) {
            switch (event) {
                case ChatEvent.Used used -> usage = used.usage();
                case ChatEvent.Text text -> length += text.delta().length();
                case ChatEvent.Thinking thinking -> length += thinking.delta().length();
                case ChatEvent.ToolCallArguments more -> length += more.delta().length();
                case ChatEvent.Started _, ChatEvent.ThinkingSealed _, ChatEvent.SealedThinking _ -> {}
                case ChatEvent.ToolCallStarted _, ChatEvent.Refusal _, ChatEvent.Finished _ -> {}
                case ChatEvent.Wire _, ChatEvent.Embedded _, ChatEvent.Counted _ -> {}
            }
            try {
                continuation.event(event);
            } catch (Unfit unfit) {
                throw failure(unfit.getMessage());
            }
        }

        private UpstreamFailure failure(@Nullable String why) {
            return new UpstreamFailure(
                    isHeard ? Kind.STREAM_BROKEN : Kind.NOT_CONTINUED,
                    "asked to go on with an answer that broke off, it did not: " + why);
        }

        /** Whether the caller has heard any of it. */
        boolean isHeard() {
            return isHeard;
        }

        /**
         * The attempt failed. What was not heard has to be paid nonetheless.
         *
         * @param by who is paid
         */
        @Override
        public void failed(Trail.Served by) {
            if (!isHeard && (usage != null || length > 0 || continuation.isFinished())) {
                Usage spent = usage == null
                        ? new Usage(TokenEstimate.of(asked), 0, 0, TokenEstimate.ofLength(length), 0)
                        : usage;
                exchange.trail().spent(by, spent);
            }
        }

        @Override
        public @Nullable Usage usage() {
            return usage;
        }

        @Override
        public long spokeAt() {
            return 0;
        }

        @Override
        public @Nullable Kind heldBackFor() {
            return null;
        }

        @Override
        public void flush() {
            heard.flush();
        }

        @Override
        public boolean isFull() {
            return heard.isFull();
        }

        @Override
        public void onRoom(Runnable action) {
            heard.onRoom(action);
        }

        @Override
        public void ended() {
            if (!continuation.isFinished()) {
                throw failure("it ended without an end");
            }
            heard.flush();
        }

        @Override
        public void onError(Throwable error) {
            held.clear();
        }
    }
}
