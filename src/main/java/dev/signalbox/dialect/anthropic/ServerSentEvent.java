package dev.signalbox.dialect.anthropic;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The bytes of one server-sent event. */
final class ServerSentEvent {

    private static final byte[] EVENT = "event: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);

    private ServerSentEvent() {}

    static byte[] of(@Nullable String name, String data) {
        return of(name, data.getBytes(StandardCharsets.UTF_8));
    }

    /** Data of several lines is written as several lines, which readers join again. */
    static byte[] of(@Nullable String name, byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(data.length + 64);
        if (name != null) {
            out.writeBytes(EVENT);
            out.writeBytes(name.getBytes(StandardCharsets.UTF_8));
            out.write('\n');
        }
        int start = 0;
        for (int i = 0; i <= data.length; i++) {
            if (i == data.length || data[i] == '\n') {
                out.writeBytes(DATA);
                out.write(data, start, i - start);
                out.write('\n');
                start = i + 1;
            }
        }
        out.write('\n');
        return out.toByteArray();
    }
}
