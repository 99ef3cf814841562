package dev.signalbox.dialect.responses;

import org.jspecify.annotations.Nullable;

/**
 * What stands in {@code encrypted_content} of a reasoning item: this language's own ciphertext as it is, or the seal of another
 * vendor, so that callers who only echo items bring it back.
 *
 * @param origin the dialect that can read it
 * @param whole whether it holds the thoughts themselves, and does not only vouch for the text beside it
 */
record Seal(String origin, boolean whole, String data) {

    private static final String FOREIGN = "signalbox:";

    static Seal read(String encrypted) {
        String @Nullable [] parts = isForeign(encrypted) ? encrypted.split(":", 4) : null;
        return parts == null || parts.length < 4
                ? new Seal(ResponsesDialect.ID, true, encrypted)
                : new Seal(parts[2], parts[1].equals("whole"), parts[3]);
    }

    /** Whether it is the seal of another vendor. */
    static boolean isForeign(String encrypted) {
        return encrypted.startsWith(FOREIGN);
    }

    String write() {
        return origin.equals(ResponsesDialect.ID) ? data : FOREIGN + (whole ? "whole:" : "mark:") + origin + ":" + data;
    }
}
