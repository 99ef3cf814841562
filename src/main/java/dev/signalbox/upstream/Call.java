package dev.signalbox.upstream;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.signalbox.chat.Cancellation;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Trail;
import dev.signalbox.upstream.DeploymentModel.Prepared;
import java.util.List;

/**
 * One attempt at one deployment, as it rides through LangChain4j: in the parameters of a {@link ChatRequest}, the one place
 * that is handed on as it is.
 */
public final class Call extends DefaultChatRequestParameters {

    /** The conversation rides in {@link #prepared()}; LangChain4j wants at least one message. */
    private static final List<ChatMessage> ELSEWHERE = List.of(UserMessage.from("(see parameters)"));

    private final Exchange exchange;
    private final Trail.Served served;
    private final Prepared prepared;
    private final String credential;
    private final Cancellation cancellation = new Cancellation();

    /**
     * @param exchange whose attempt it is
     * @param served who is asked
     * @param prepared what is sent
     * @param credential whose account pays; empty when the provider needs none
     */
    public Call(Exchange exchange, Trail.Served served, Prepared prepared, String credential) {
        super(new Parameters());
        this.exchange = exchange;
        this.served = served;
        this.prepared = prepared;
        this.credential = credential;
    }

    private static final class Parameters extends DefaultChatRequestParameters.Builder<Parameters> {}

    /**
     * The call that a request carries.
     *
     * @throws IllegalArgumentException when it carries none: deployments are asked through the router
     */
    public static Call of(ChatRequest request) {
        if (request.parameters() instanceof Call call) {
            return call;
        }
        throw new IllegalArgumentException("a deployment is asked through the router, which gives it a Call");
    }

    /** The request that carries this call. */
    public ChatRequest request() {
        return ChatRequest.builder().messages(ELSEWHERE).parameters(this).build();
    }

    /** Whose attempt it is. */
    public Exchange exchange() {
        return exchange;
    }

    /** Who is asked. */
    public Trail.Served served() {
        return served;
    }

    /** What is sent. */
    public Prepared prepared() {
        return prepared;
    }

    /** Whose account pays; empty when the provider needs none. */
    public String credential() {
        return credential;
    }

    /** Ends this attempt alone. */
    public Cancellation cancellation() {
        return cancellation;
    }

    /** A call has no defaults to be merged with: it is kept as it is. */
    @Override
    public ChatRequestParameters overrideWith(ChatRequestParameters that) {
        return that instanceof Call ? that : this;
    }

    /** A call has no defaults to be merged with: it is kept as it is. */
    @Override
    public ChatRequestParameters defaultedBy(ChatRequestParameters that) {
        return this;
    }

    /** Identity: two attempts are never the same. */
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    /** The exchange alone: prompts and credentials must not be printed. */
    @Override
    public String toString() {
        return "call of " + exchange.id();
    }
}
