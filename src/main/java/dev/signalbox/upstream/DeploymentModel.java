package dev.signalbox.upstream;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.signalbox.chat.Exchange;
import java.util.List;

/**
 * One upstream model, as LangChain4j knows models: a {@link ChatModel} whose {@code doChatAsync} gives plain answers, and a
 * {@link StreamingChatModel} whose {@code doChat} streams. A request's parameters are a {@link Call}, which carries what
 * LangChain4j has no words for; answers come as {@link dev.signalbox.chat.ChatEvent}s, in an {@link AnswerMetadata} or to an
 * {@link EventSink}.
 */
public interface DeploymentModel {

    /**
     * What would be sent for an exchange.
     *
     * @throws Inexpressible when this model cannot be asked that
     */
    Prepared prepare(Exchange exchange);

    /** The model for plain answers. */
    ChatModel plain();

    /** The model for streamed answers. */
    StreamingChatModel streaming();

    /**
     * A request, ready to be sent.
     *
     * @param body JSON in the provider's language; empty for a provider that takes none
     * @param dropped paths in the caller's body that are not in it
     * @param emulated paths in the caller's body that it says by other means
     */
    record Prepared(byte[] body, List<String> dropped, List<String> emulated) {}
}
