package dev.signalbox.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/**
 * How a record lies in a segment: the length of what follows the checksum (4 bytes), a CRC-32C of it (4 bytes), its type
 * (1 byte), one line of JSON. Since JSON holds no control characters, no payload can look like the beginning of a frame,
 * and a reader finds the next whole frame behind any damage.
 */
final class Frame {

    /** An intent: the row that stands if no other row of its id follows. */
    static final byte INTENT = 'i';

    /** A row. */
    static final byte ROW = 'r';

    /** The longest line of JSON. */
    static final int LONGEST = 128 * 1024;

    private static final int HEAD = 9;
    private static final int TAIL = 1;
    private static final int CHUNK = 4 * LONGEST;

    private Frame() {}

    /** Told of frames, in order. */
    @FunctionalInterface
    interface Reader {
        /**
         * A whole frame.
         *
         * @param json the line without its break
         * @param offset where the frame begins
         * @param next where it ends
         * @return whether to go on
         */
        boolean frame(byte type, byte[] json, int offset, int next);
    }

    /** The bytes of a record. */
    static byte[] of(byte type, byte[] json) {
        byte[] frame = new byte[HEAD + json.length + TAIL];
        System.arraycopy(json, 0, frame, HEAD, json.length);
        frame[8] = type;
        frame[frame.length - 1] = '\n';
        ByteBuffer.wrap(frame).putInt(0, frame.length - 8).putInt(4, checksum(frame, 8, frame.length - 8));
        return frame;
    }

    /**
     * Reads the whole frames between two offsets, passing over what is damaged.
     *
     * @return where to go on: the end of the last frame that was told, or {@code end} when there are no more
     */
    static int read(FileChannel file, int from, int end, Reader reader) throws IOException {
        int chunkAt = from;
        while (chunkAt < end) {
            ByteBuffer chunk = ByteBuffer.allocate(Math.min(CHUNK, end - chunkAt));
            while (chunk.hasRemaining() && file.read(chunk, chunkAt + chunk.position()) >= 0) {
                // until the chunk or the file ends
            }
            chunk.flip();
            if (!chunk.hasRemaining()) {
                return end;
            }
            boolean last = chunkAt + chunk.limit() >= end || chunk.limit() < chunk.capacity();
            int at = 0;
            while (at < chunk.limit()) {
                int length = lengthAt(chunk, at, last);
                if (length == BEYOND) {
                    break;
                }
                if (length == NONE) {
                    at += isZero(chunk, at) ? 5 : 1;
                    continue;
                }
                byte[] json = new byte[length - HEAD - TAIL];
                chunk.get(at + HEAD, json);
                if (!reader.frame(chunk.get(at + 8), json, chunkAt + at, chunkAt + at + length)) {
                    return chunkAt + at + length;
                }
                at += length;
            }
            chunkAt += Math.min(at, chunk.limit());
            if (last) {
                return end;
            }
        }
        return end;
    }

    private static final int NONE = 0;
    private static final int BEYOND = -1;

    /** The length of the frame that begins there; {@link #NONE}, or {@link #BEYOND} when the chunk ends before it does. */
    private static int lengthAt(ByteBuffer chunk, int at, boolean last) {
        if (at + HEAD > chunk.limit()) {
            return last ? NONE : BEYOND;
        }
        int covered = chunk.getInt(at);
        if (covered < 4 || covered > LONGEST + 2) {
            return NONE;
        }
        byte type = chunk.get(at + 8);
        if (type != INTENT && type != ROW) {
            return NONE;
        }
        if (at + 8 + covered > chunk.limit()) {
            return last ? NONE : BEYOND;
        }
        boolean whole = chunk.getInt(at + 4) == checksum(chunk.array(), chunk.arrayOffset() + at + 8, covered);
        return whole ? 8 + covered : NONE;
    }

    /** Whether no frame can begin in the next five bytes, since a length is never zero. */
    private static boolean isZero(ByteBuffer chunk, int at) {
        return at + 8 <= chunk.limit() && chunk.getLong(at) == 0;
    }

    private static int checksum(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }
}
