package dev.signalbox.dialect;

import java.nio.charset.StandardCharsets;

/** What is told of an upstream's error that is not in its language, such as those of proxies before it. */
public final class PlainErrors {

    private static final int LONGEST = 300;
    private static final int MOST_BYTES_A_CHARACTER = 4;

    private PlainErrors() {}

    /** The body itself when it is a few words, and no page; else that there is no message. */
    public static String message(int status, byte[] body) {
        int most = Math.min(body.length, MOST_BYTES_A_CHARACTER * LONGEST);
        String text = new String(body, 0, most, StandardCharsets.UTF_8).strip();
        boolean readable = !text.isEmpty() && text.length() <= LONGEST && text.indexOf('<') < 0;
        return readable ? text : nameless(status);
    }

    /** That there is no message. */
    public static String nameless(int status) {
        return "the upstream answered with status " + status + " and no message";
    }
}
