package dev.signalbox.dialect.ollama;

import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.FrameParser;
import dev.signalbox.chat.LineParser;
import dev.signalbox.chat.Prompt;
import dev.signalbox.dialect.Outbound;

/**
 * Ollama's {@code /api/chat}. It is spoken to upstreams only, and nobody calls the gateway in it, so that nothing reaches the
 * methods that would read a caller's request, pass its bytes on, or write it an answer: they are not there.
 */
public final class OllamaDialect extends Outbound {

    /** Its name. */
    public static final String ID = "ollama";

    /** Why marks for a prompt cache are left out: Ollama keeps prompts unasked. */
    static final String NO_MARKS = "takes no marks for its prompt cache";

    @Override
    public String id() {
        return ID;
    }

    @Override
    public FrameParser frames(int longest) {
        return new LineParser(longest);
    }

    @Override
    public Encoded encode(Prompt prompt, Target target) {
        return new OllamaRequest(prompt, target).encode();
    }

    @Override
    public AnswerDecoder decoder() {
        return new OllamaAnswer();
    }

    @Override
    public UpstreamError readError(int status, byte[] body) {
        return OllamaErrors.read(status, body);
    }
}
