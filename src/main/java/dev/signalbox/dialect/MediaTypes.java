package dev.signalbox.dialect;

import java.util.Locale;

/** Media types as people write them. */
public final class MediaTypes {

    private MediaTypes() {}

    /** The type alone, without parameters, in lower case. */
    public static String bare(String mediaType) {
        int parameters = mediaType.indexOf(';');
        String type = parameters < 0 ? mediaType : mediaType.substring(0, parameters);
        return type.strip().toLowerCase(Locale.ROOT);
    }
}
