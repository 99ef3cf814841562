package dev.signalbox.dialect.anthropic;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names and ids as Anthropic takes them: letters, digits, {@code _} and {@code -}, from 1 to 64. */
final class AnthropicNames {

    private static final int LONGEST = 64;
    private static final int DIGEST_BYTES = 10;
    private static final Pattern TAKEN = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
    private static final Pattern REFUSED = Pattern.compile("[^a-zA-Z0-9_-]");
    private static final Pattern ESCAPE = Pattern.compile("_x([0-9a-f]{1,6})_");

    private AnthropicNames() {}

    /**
     * A tool's name with everything refused written as {@code _x2e_}, the hexadecimal code point; null when that is too
     * long or empty. A {@code _} that would look like the beginning of such an escape is escaped too, so that {@link #ownTool} takes
     * every name back.
     */
    static @Nullable String tool(String name) {
        if (name.isEmpty() || name.length() > LONGEST) {
            return null;
        }
        if (!name.contains("_x") && TAKEN.matcher(name).matches()) {
            return name;
        }
        StringBuilder said = new StringBuilder(name.length());
        int end = name.length();
        while (end > 0) {
            int point = name.codePointBefore(end);
            end -= Character.charCount(point);
            boolean taken =
                    point < 128 && TAKEN.matcher(Character.toString(point)).matches();
            String literal = Character.toString(point);
            boolean ambiguous = point == '_' && ESCAPE.matcher("_" + said).lookingAt();
            said.insert(0, taken && !ambiguous ? literal : "_x" + Integer.toHexString(point) + "_");
        }
        return said.length() <= LONGEST ? said.toString() : null;
    }

    /** The caller's own name of a tool that was {@linkplain #tool said} to the vendor. */
    static String ownTool(String said) {
        if (said.indexOf("_x") < 0) {
            return said;
        }
        StringBuilder own = new StringBuilder(said.length());
        Matcher escape = ESCAPE.matcher(said);
        int from = 0;
        while (escape.find(from)) {
            int point = Integer.parseInt(escape.group(1), 16);
            own.append(said, from, escape.start());
            if (Character.isValidCodePoint(point)) {
                own.appendCodePoint(point);
            } else {
                own.append(escape.group());
            }
            from = escape.end();
        }
        return own.append(said, from, said.length()).toString();
    }

    /**
     * The id of a call: as it is where it is taken, else made of what is taken of it and a digest, so that the same id is
     * always said in the same way and no two are said alike.
     */
    static String callId(String id) {
        return TAKEN.matcher(id).matches() ? id : digested(id);
    }

    /** What is taken of a name or an id, and a digest of all of it. */
    static String digested(String id) {
        String readable = REFUSED.matcher(id).replaceAll("_");
        int room = LONGEST - 1 - 2 * DIGEST_BYTES;
        return readable.substring(0, Math.min(room, readable.length())) + "_" + digest(id);
    }

    private static String digest(String id) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
