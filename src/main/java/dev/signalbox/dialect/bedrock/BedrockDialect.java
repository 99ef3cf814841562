package dev.signalbox.dialect.bedrock;

import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.FrameParser;
import dev.signalbox.chat.Prompt;
import dev.signalbox.dialect.Outbound;

/**
 * Bedrock's Converse and ConverseStream. It is spoken to upstreams alone: there is no door for callers of it, so requests of
 * it are never decoded or forwarded, and answers never encoded or passed through.
 *
 * @see <a href="https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html">ConverseStream</a>
 */
public final class BedrockDialect extends Outbound {

    /** Its name. */
    public static final String ID = "bedrock";

    private final Families families = new Families();

    @Override
    public String id() {
        return ID;
    }

    @Override
    public FrameParser frames(int longest) {
        return new EventStreamParser(longest);
    }

    @Override
    public Encoded encode(Prompt prompt, Target target) {
        return new ConverseEncoder(prompt, target, families.of(target.model())).encode();
    }

    @Override
    public AnswerDecoder decoder() {
        return new ConverseDecoder("", new Names(), null);
    }

    @Override
    public UpstreamError readError(int status, byte[] body) {
        return ConverseErrors.read(status, body);
    }
}
