package dev.signalbox.dialect.gemini;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Names of functions as Gemini takes them: from 1 to 64 letters, digits, {@code _}, {@code .}, {@code :} and {@code -},
 * the first a letter or {@code _}. Others are told by what is taken of them and a digest, and come back as they were.
 *
 * @see <a href="https://ai.google.dev/api/caching#FunctionDeclaration">FunctionDeclaration</a>
 */
final class GeminiNames {

    private static final int LONGEST = 64;
    private static final int DIGEST_BYTES = 5;
    private static final Pattern TAKEN = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}");
    private static final Pattern REFUSED = Pattern.compile("[^a-zA-Z0-9_.:-]");

    private final Map<String, String> own = new HashMap<>(0);

    /** The name as Gemini takes it. */
    String said(String name) {
        if (TAKEN.matcher(name).matches()) {
            return name;
        }
        int room = LONGEST - 2 - 2 * DIGEST_BYTES;
        String readable = REFUSED.matcher(name).replaceAll("_");
        String head = readable.substring(0, Math.min(room, readable.length()));
        String said = (head.isEmpty() || !TAKEN.matcher(head).matches() ? "_" + head : head) + "_" + digest(name);
        own.put(said, name);
        return said;
    }

    /** The caller's names by those that were said for them. */
    Map<String, String> mapped() {
        return Map.copyOf(own);
    }

    private static String digest(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
