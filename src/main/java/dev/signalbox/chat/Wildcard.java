package dev.signalbox.chat;

/** Names that may end in {@code *}. */
public final class Wildcard {

    private Wildcard() {}

    /** Whether the pattern stands for more than one name. */
    public static boolean isPattern(String pattern) {
        return pattern.endsWith("*");
    }

    /** Whether a name fits: the same, or beginning like a pattern that ends in {@code *}. */
    public static boolean matches(String pattern, String name) {
        return isPattern(pattern) ? name.startsWith(pattern.substring(0, pattern.length() - 1)) : pattern.equals(name);
    }
}
