package dev.signalbox.dialect.cohere;

import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Prompt;
import dev.signalbox.dialect.Outbound;

/**
 * Cohere's chat of version 2. It is spoken to upstreams only, and nobody calls the gateway in it, so that nothing reaches the
 * methods that would read a caller's request, pass its bytes on, or write it an answer: they are not there.
 */
public final class CohereDialect extends Outbound {

    /** Its name. */
    public static final String ID = "cohere";

    /** Why marks for a prompt cache are left out: Cohere caches prompts unasked. */
    static final String NO_MARKS = "takes no marks for its prompt cache";

    @Override
    public String id() {
        return ID;
    }

    @Override
    public Encoded encode(Prompt prompt, Target target) {
        return new CohereRequest(prompt, target).encode();
    }

    @Override
    public AnswerDecoder decoder() {
        return new CohereAnswer("", CohereNames.NONE);
    }

    @Override
    public UpstreamError readError(int status, byte[] body) {
        return CohereErrors.read(status, body);
    }
}
