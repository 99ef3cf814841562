package dev.signalbox.upstream;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.signalbox.chat.ChatEvent;
import java.util.List;

/** A plain answer, as it rides through LangChain4j: in the metadata of a {@link ChatResponse}. */
public final class AnswerMetadata extends ChatResponseMetadata {

    /** The words ride in {@link #events()}; LangChain4j wants a message. */
    private static final AiMessage ELSEWHERE = AiMessage.from("(see metadata)");

    private final List<ChatEvent> events;

    private AnswerMetadata(List<ChatEvent> events) {
        super(new Fields());
        this.events = List.copyOf(events);
    }

    private static final class Fields extends ChatResponseMetadata.Builder<Fields> {}

    /** A response that carries these events. */
    public static ChatResponse response(List<ChatEvent> events) {
        return ChatResponse.builder()
                .aiMessage(ELSEWHERE)
                .metadata(new AnswerMetadata(events))
                .build();
    }

    /** The events that a response carries. */
    public static List<ChatEvent> events(ChatResponse response) {
        return ((AnswerMetadata) response.metadata()).events;
    }

    /** Everything the model said, in order. */
    public List<ChatEvent> events() {
        return events;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AnswerMetadata that && events.equals(that.events);
    }

    @Override
    public int hashCode() {
        return events.hashCode();
    }
}
