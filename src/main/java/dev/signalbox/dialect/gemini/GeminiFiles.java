package dev.signalbox.dialect.gemini;

import java.util.Locale;

/**
 * Addresses that Gemini reads by itself: its own files, Google Cloud Storage and YouTube.
 *
 * @see <a href="https://ai.google.dev/gemini-api/docs/file-input-methods">File input methods</a>
 */
final class GeminiFiles {

    private GeminiFiles() {}

    /** Whether Gemini knows what is at the address, and nobody else does. */
    static boolean isOwn(String uri) {
        return uri.startsWith("gs://")
                || uri.startsWith("files/")
                || (uri.startsWith("https://generativelanguage.googleapis.com/") && uri.contains("/files/"));
    }

    /** Whether Gemini fetches what is at the address. */
    static boolean isRead(String uri) {
        return isOwn(uri)
                || uri.startsWith("https://www.youtube.com/")
                || uri.startsWith("https://youtube.com/")
                || uri.startsWith("https://youtu.be/");
    }

    /** The media type that the end of an address stands for; empty when it stands for none. */
    static String typeOf(String uri) {
        int end = uri.indexOf('?');
        String path = end < 0 ? uri : uri.substring(0, end);
        return switch (path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT)) {
            case "png" -> "image/png";
            case "jpg", "jpeg" -> "image/jpeg";
            case "webp" -> "image/webp";
            case "heic" -> "image/heic";
            case "heif" -> "image/heif";
            case "pdf" -> "application/pdf";
            case "txt" -> "text/plain";
            case "csv" -> "text/csv";
            case "md" -> "text/markdown";
            case "html" -> "text/html";
            case "wav" -> "audio/wav";
            case "mp3" -> "audio/mp3";
            case "flac" -> "audio/flac";
            case "ogg" -> "audio/ogg";
            case "mp4" -> "video/mp4";
            default -> "";
        };
    }
}
