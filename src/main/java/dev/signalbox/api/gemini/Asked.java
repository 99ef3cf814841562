package dev.signalbox.api.gemini;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a path behind the version names: a model, and perhaps what it is to do.
 *
 * @param model as a caller of another dialect would name it: without {@code models/}
 * @param method null when the path ends with the model
 * @param isUnknownMethod whether something that is no method stands behind the last colon
 */
record Asked(String model, @Nullable Method method, boolean isUnknownMethod) {

    private static final String MODELS = "models/";
    private static final String TUNED = "tunedModels/";

    /** What a model can be asked to do. */
    enum Method {
        GENERATE("generateContent"),
        STREAM("streamGenerateContent"),
        COUNT("countTokens"),
        EMBED("embedContent"),
        EMBED_MANY("batchEmbedContents");

        private final String word;

        Method(String word) {
            this.word = word;
        }

        /** Its name in an address. */
        String word() {
            return word;
        }
    }

    /**
     * Reads a path such as {@code models/gemini-2.5-flash:generateContent}. Names of models may hold colons and slashes, so
     * the method stands behind the last colon. Some clients leave out {@code models/} before a name that has a slash.
     *
     * @return null when it names no model
     */
    static @Nullable Asked of(String path) {
        int colon = path.lastIndexOf(':');
        Method method = Arrays.stream(Method.values())
                .filter(known -> colon >= 0 && path.substring(colon + 1).equals(known.word()))
                .findFirst()
                .orElse(null);
        String name = method == null ? path : path.substring(0, colon);
        boolean whole = method != null && name.indexOf('/') > 0;
        if (!whole && !path.startsWith(MODELS) && !path.startsWith(TUNED)) {
            return null;
        }
        while (name.startsWith(MODELS)) {
            name = name.substring(MODELS.length());
        }
        return new Asked(name, method, method == null && colon >= 0);
    }

    /** The name of a model as this dialect writes it. */
    static String named(String model) {
        return model.startsWith(TUNED) ? model : MODELS + model;
    }
}
