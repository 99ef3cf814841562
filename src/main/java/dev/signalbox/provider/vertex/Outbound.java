package dev.signalbox.provider.vertex;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.dialect.gemini.GeminiDialect;

/** A language that is spoken to Google Cloud alone: no caller writes it, so none is read or answered in it. */
abstract class Outbound implements Dialect {

    private static final GeminiDialect GOOGLE = new GeminiDialect();

    @Override
    public final Prompt decode(Body body) {
        throw nobody();
    }

    @Override
    public final byte[] forward(Body body, Target target) {
        throw nobody();
    }

    @Override
    public final AnswerDecoder passing(boolean usageWanted) {
        throw nobody();
    }

    @Override
    public final AnswerEncoder encoder(AnswerForm form) {
        throw nobody();
    }

    @Override
    public final byte[] error(SignalboxException failure) {
        throw nobody();
    }

    private IllegalStateException nobody() {
        return new IllegalStateException("no caller speaks " + id());
    }

    @Override
    public final UpstreamError readError(int status, byte[] body) {
        return GOOGLE.readError(status, body);
    }
}
