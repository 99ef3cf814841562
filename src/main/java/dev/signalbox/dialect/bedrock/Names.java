package dev.signalbox.dialect.bedrock;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Names of tools and ids of calls as Bedrock takes them: letters, digits, {@code _} and {@code -}, from 1 to 64. Others are
 * said as what is taken of them and a digest: the same one always in the same way, no two alike. The names of one request
 * are remembered, so that its answer is told in the caller's own.
 */
final class Names {

    private static final int LONGEST = 64;
    private static final int DIGEST_BYTES = 10;
    private static final Pattern TAKEN = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
    private static final Pattern REFUSED = Pattern.compile("[^a-zA-Z0-9_-]");

    private final Map<String, String> own = new HashMap<>(4);

    /** A tool's name, as it is said. */
    String tool(String name) {
        String said = said(name);
        if (!said.equals(name)) {
            own.put(said, name);
        }
        return said;
    }

    /** The caller's own name of a tool that was said so. */
    String ownTool(String said) {
        return own.getOrDefault(said, said);
    }

    /** The id of a call or of anything else, as it is said. */
    static String said(String name) {
        if (TAKEN.matcher(name).matches()) {
            return name;
        }
        String readable = REFUSED.matcher(name).replaceAll("_");
        int room = LONGEST - 1 - 2 * DIGEST_BYTES;
        return readable.substring(0, Math.min(room, readable.length())) + "_" + digest(name);
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
