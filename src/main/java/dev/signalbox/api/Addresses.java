package dev.signalbox.api;

/** Which addresses can be read at all: RFC 3986, and what {@link java.net.URI} takes beyond it. */
final class Addresses {

    private static final String NEVER = "\"<>\\^`{|}";

    private Addresses() {}

    /** Whether an address of a request has nothing in it that would have to be escaped, and every escape is whole. */
    static boolean isWellFormed(String address) {
        int length = address.length();
        boolean isPath = true;
        for (int i = 0; i < length; i++) {
            char c = address.charAt(i);
            if (c == '%') {
                if (i + 2 >= length
                        || Character.digit(address.charAt(i + 1), 16) < 0
                        || Character.digit(address.charAt(i + 2), 16) < 0) {
                    return false;
                }
            } else if (c == '?') {
                isPath = false;
            } else if (c <= ' '
                    || (c >= 0x7F && c <= 0xA0)
                    || NEVER.indexOf(c) >= 0
                    || (isPath && (c == '[' || c == ']') && address.startsWith("/"))) {
                return false;
            }
        }
        return true;
    }
}
