package dev.signalbox.dialect.anthropic;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A vendor's seal on what its model thought, as callers of this language carry it. Anthropic's own is carried as it is;
 * others have their dialect before them, with a colon that no base64 holds, so that they find back to their vendor.
 *
 * @param value the seal itself
 * @param origin the dialect that can read it
 */
record Seal(String value, String origin) {

    private static final Pattern FOREIGN = Pattern.compile("([a-z][a-z0-9-]*):(.*)", Pattern.DOTALL);

    static Seal read(String carried) {
        Matcher foreign = FOREIGN.matcher(carried);
        return foreign.matches()
                ? new Seal(foreign.group(2), foreign.group(1))
                : new Seal(carried, AnthropicDialect.ID);
    }

    static String said(String value, String origin) {
        return origin.equals(AnthropicDialect.ID) ? value : origin + ":" + value;
    }
}
