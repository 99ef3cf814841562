package dev.signalbox.dialect.gemini;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the name of an upstream model tells of what it takes.
 *
 * @param generation 2.5 as 25, 3 as 30; 0 for models that are no Gemini; for names without a version, the newest
 * @param pro whether it is of the line that always thinks
 * @see <a href="https://ai.google.dev/gemini-api/docs/thinking">Thinking</a>
 */
record GeminiModel(int generation, boolean pro) {

    private static final Pattern VERSION = Pattern.compile("gemini-(\\d{1,2})(?:\\.(\\d))?(?!\\d)");
    private static final int NEWEST = 990;

    static GeminiModel of(String name) {
        boolean pro = name.contains("-pro");
        Matcher version = VERSION.matcher(name);
        if (version.find()) {
            int minor = version.group(2) == null ? 0 : Integer.parseInt(version.group(2));
            return new GeminiModel(Integer.parseInt(version.group(1)) * 10 + minor, pro);
        }
        return new GeminiModel(name.contains("gemini") ? NEWEST : 0, pro);
    }

    /** The name as bodies have it, where it must be that of the address. */
    static String resource(String name) {
        return name.startsWith("models/") || name.startsWith("tunedModels/") ? name : "models/" + name;
    }

    /** Whether it is told how hard to think by a level, wants its calls sealed, and sees pictures in results of tools. */
    boolean isThird() {
        return generation >= 30;
    }

    /** Whether it thinks at all. */
    boolean thinks() {
        return generation >= 25;
    }

    /** Whether it knows the level between low and high. */
    boolean hasMedium() {
        return !pro || generation > 30;
    }
}
