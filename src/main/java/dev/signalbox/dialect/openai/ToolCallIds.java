package dev.signalbox.dialect.openai;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Ids of tool calls for vendors that take only so many letters and digits. An id that fits is itself; another one always
 * becomes the same one that fits, so that calls and results find each other without anything being remembered.
 */
final class ToolCallIds {

    private static final String LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private ToolCallIds() {}

    /**
     * The id as the vendor takes it.
     *
     * @param length how many letters and digits it must have; 0: any id will do
     */
    static String fit(String id, int length) {
        if (fits(id, length)) {
            return id;
        }
        BigInteger rest = new BigInteger(1, digest(id));
        BigInteger base = BigInteger.valueOf(LETTERS.length());
        var made = new StringBuilder(length);
        while (made.length() < length) {
            BigInteger[] next = rest.divideAndRemainder(base);
            made.append(LETTERS.charAt(next[1].intValue()));
            rest = next[0];
        }
        return made.toString();
    }

    /** Whether the vendor takes it as it is. */
    static boolean fits(String id, int length) {
        if (length == 0) {
            return true;
        }
        return id.length() == length && id.chars().allMatch(c -> LETTERS.indexOf(c) >= 0);
    }

    private static byte[] digest(String id) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }
}
