package dev.signalbox.upstream;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.signalbox.chat.ChatEvent;

/**
 * Where a stream's events go: LangChain4j's handler, with whole events through {@link #onUnmappedRawEvent}, and with a way
 * to say that the reader is slow. Calls come one after another on one event loop; {@link #onCompleteResponse} or {@link
 * #onError} is the last.
 */
public interface EventSink extends StreamingChatResponseHandler {

    /**
     * One event.
     *
     * @throws UpstreamFailure when the attempt is of no use to whoever asked; it ends with that
     */
    void event(ChatEvent event);

    /** The events that came together have all been given. */
    void flush();

    /** Whether the reader is too slow for more. */
    boolean isFull();

    /** Calls the action once when there is room again. */
    void onRoom(Runnable action);

    /**
     * The stream has ended as it should.
     *
     * @throws UpstreamFailure when what came is of no use to whoever asked; the attempt ends with that
     */
    void ended();

    /**
     * The sink that a handler is.
     *
     * @throws IllegalArgumentException when it is none: deployments are asked through the router, which gives them one
     */
    static EventSink of(StreamingChatResponseHandler handler) {
        if (handler instanceof EventSink sink) {
            return sink;
        }
        throw new IllegalArgumentException("a deployment streams to the router's EventSink");
    }

    @Override
    default void onUnmappedRawEvent(Object event) {
        event((ChatEvent) event);
    }

    @Override
    default void onCompleteResponse(ChatResponse response) {
        AnswerMetadata.events(response).forEach(this::event);
        ended();
    }
}
