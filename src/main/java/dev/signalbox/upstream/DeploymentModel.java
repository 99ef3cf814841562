package dev.signalbox.upstream;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Exchange;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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

    /**
     * What it sends that must not be told to anyone.
     *
     * @param credential what an attempt was paid from
     */
    default List<String> secrets(String credential) {
        return List.of(credential);
    }

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
     * @param endpoint where it is sent; null for a provider that sends nothing
     * @param decoder reads the answer; null for a provider that needs none
     */
    record Prepared(
            byte[] body,
            List<String> dropped,
            List<String> emulated,
            @Nullable Endpoint endpoint,
            @Nullable Supplier<Dialect.AnswerDecoder> decoder) {

        /** A request that is sent nowhere. */
        public static final Prepared NOTHING = new Prepared(new byte[0], List.of(), List.of(), null, null);
    }
}
