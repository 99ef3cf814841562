package dev.signalbox.chat;

/**
 * What is asked of a model, in the words of OpenTelemetry's conventions for generative AI where they have one.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/">gen_ai.operation.name</a>
 */
public enum Operation {
    /** To answer a conversation. */
    CHAT("chat"),
    /** To go on with a text. */
    TEXT_COMPLETION("text_completion"),
    /** To turn texts into vectors. */
    EMBEDDINGS("embeddings"),
    /** To judge texts and images by a content policy. */
    MODERATION("moderation"),
    /** To count the tokens of a conversation, without answering it. */
    COUNT_TOKENS("count_tokens");

    private final String code;

    Operation(String code) {
        this.code = code;
    }

    /** Whether it is answered by a model that talks: a text that is to be gone on with can be put to it as a message. */
    public boolean isTalk() {
        return this == CHAT || this == TEXT_COMPLETION;
    }

    /** Its name on the wire. */
    public String code() {
        return code;
    }
}
