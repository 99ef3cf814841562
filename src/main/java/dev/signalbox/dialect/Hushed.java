package dev.signalbox.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Dialect.UpstreamError;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An upstream's words as callers may hear them: not too long, and without the credentials that some repeat. */
public final class Hushed {

    private static final int LONGEST_MESSAGE = 4000;
    private static final int LONGEST_UNKNOWN = 500;
    private static final int LONGEST_WORD = 200;
    private static final Pattern SECRETS =
            Pattern.compile("(?i)\\b(?:sk|gsk|pk|rk|xai|pplx|nvapi|hf|r8|AIza)[-_*][\\w*.-]{4,}"
                    + "|\\bAIza[\\w-]{8,}"
                    + "|\\bBearer\\s+[^\\s\"',]+"
                    + "|(?<=api key provided: )[^\\s\"',]+"
                    + "|(?<=[?&]key=)[^\\s\"'&]+");

    private Hushed() {}

    /** An error's message. */
    public static String message(String text) {
        return cut(withoutSecrets(text), LONGEST_MESSAGE);
    }

    /** A type, a code or the name of a field; empty when it is none. */
    public static String word(@Nullable JsonNode node) {
        return node == null || node.isNull() || node.isContainerNode()
                ? ""
                : cut(withoutSecrets(node.asText()), LONGEST_WORD);
    }

    /** So much of something unknown that one sees what it is. */
    public static String beginning(String text) {
        return cut(text, LONGEST_UNKNOWN);
    }

    /** A body that is in no known language; pages and bytes that are no text are not repeated. */
    public static UpstreamError unknown(int status, byte[] body) {
        String raw = new String(body, 0, Math.min(body.length, 4 * LONGEST_UNKNOWN), StandardCharsets.UTF_8).strip();
        boolean silent = raw.isEmpty() || raw.startsWith("<") || raw.indexOf('\0') >= 0 || raw.indexOf('\uFFFD') >= 0;
        int told = status >= 400 ? status : 500;
        return new UpstreamError(told, "", "", silent ? "HTTP " + told : beginning(withoutSecrets(raw)), null);
    }

    private static String withoutSecrets(String text) {
        return SECRETS.matcher(text).replaceAll("***");
    }

    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "...";
    }
}
