package dev.signalbox.provider.vertex;

import dev.signalbox.dialect.Outbound;
import dev.signalbox.dialect.gemini.GeminiDialect;

/** A language that is spoken to Google Cloud alone, with Google's errors. */
abstract class VertexLanguage extends Outbound {

    private static final GeminiDialect GOOGLE = new GeminiDialect();

    @Override
    public final UpstreamError readError(int status, byte[] body) {
        return GOOGLE.readError(status, body);
    }
}
