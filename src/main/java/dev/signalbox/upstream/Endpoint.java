package dev.signalbox.upstream;

import dev.signalbox.chat.Dialect;

/**
 * One of the things that an upstream model can be asked for.
 *
 * @param dialect the language that is spoken there
 * @param path where, in words of the provider that made it
 * @param quirks how it differs from the vendor whose language it speaks
 */
public record Endpoint(Dialect dialect, String path, Dialect.Quirks quirks) {

    /** An endpoint of the language's own vendor. */
    public Endpoint(Dialect dialect, String path) {
        this(dialect, path, Dialect.Quirks.NONE);
    }
}
