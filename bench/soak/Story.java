import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text that only its seed and its length decide, so that whoever receives it can tell whether a character is missing or
 * doubled: numbered words, many of them with characters of two, three and four bytes.
 *
 * @param seed which text
 * @param words how many words it has
 */
record Story(long seed, int words) {

    private static final String[] VOCABULARY = {
        "größe", "naïve", "日本語", "🙂", "Ω-mega", "zażółć", "plain", "\"quoted\"", "back\\slash", "tab\tbed", "líne",
        "한국", "عربى", "🇪🇺", "data:", "e\u0301tude", "[DONE]", "</p>", "\uD83D\uDC69\u200D\uD83D\uDE80", "nothing",
        "new\nline"
    };
    private static final Pattern ASKED = Pattern.compile("seed (\\d+) words (\\d+)");

    /** The prompt that asks for it. */
    String prompt() {
        return "Please tell me the story of seed " + seed + " words " + words + ", exactly.";
    }

    /** The story that a prompt asks for; null when it asks for none. */
    static Story asked(String prompt) {
        Matcher asked = ASKED.matcher(prompt);
        return asked.find() ? new Story(Long.parseLong(asked.group(1)), Integer.parseInt(asked.group(2))) : null;
    }

    /** The whole of it. */
    String text() {
        var random = new SplittableRandom(seed);
        var text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            text.append(i == 0 ? "" : " ").append(i).append(':').append(VOCABULARY[random.nextInt(VOCABULARY.length)]);
        }
        return text.toString();
    }

    /** What differs between this and what was received, in one line; null when nothing does. */
    String difference(String received) {
        String text = text();
        if (text.equals(received)) {
            return null;
        }
        int at = 0;
        while (at < text.length() && at < received.length() && text.charAt(at) == received.charAt(at)) {
            at++;
        }
        return "%d characters in place of %d; from %d on '%s' in place of '%s'".formatted(
                received.length(), text.length(), at, piece(received, at), piece(text, at));
    }

    private static String piece(String text, int at) {
        return text.substring(at, Math.min(text.length(), at + 30)).replace("\n", "\\n");
    }
}
