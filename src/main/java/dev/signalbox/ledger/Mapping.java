package dev.signalbox.ledger;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A file in memory. It is given back when it is closed, and not when the garbage collector comes to it: a busy gateway
 * fills a segment every few seconds, and hundreds of them would count as its memory.
 *
 * @param bytes the file; not to be touched once this is closed
 * @param arena what gives it back
 */
record Mapping(ByteBuffer bytes, AutoCloseable arena) {

    /** Not every builder of native images has the foreign memory API; there, the collector must do. */
    private static final boolean IS_NATIVE = System.getProperty("org.graalvm.nativeimage.imagecode") != null;

    static Mapping of(FileChannel file, int size) throws IOException {
        if (IS_NATIVE) {
            return new Mapping(file.map(FileChannel.MapMode.READ_WRITE, 0, size), () -> {});
        }
        Arena arena = Arena.ofShared();
        return new Mapping(
                file.map(FileChannel.MapMode.READ_WRITE, 0, size, arena).asByteBuffer(), arena);
    }

    void close() {
        try {
            arena.close();
        } catch (Exception e) {
            throw new IllegalStateException("a segment is closed while it is written to", e);
        }
    }
}
