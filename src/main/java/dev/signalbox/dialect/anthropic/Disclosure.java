package dev.signalbox.dialect.anthropic;

import dev.signalbox.chat.Encoded.Unsaid;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a translation could not say, and what it said by other means. */
final class Disclosure {

    private final List<Unsaid> unsaid = new ArrayList<>(0);
    private final Set<String> emulated = new LinkedHashSet<>(0);

    /** It is left out; a configuration may allow that. */
    void unsaid(String path, String reason) {
        unsaid.add(new Unsaid(path, reason));
    }

    /** It is left out, and the answer means the same without it. */
    void hint(String path, String reason) {
        unsaid.add(Unsaid.hint(path, reason));
    }

    /** It is left out, and without it the request makes no sense. */
    void impossible(String path, String reason) {
        unsaid.add(new Unsaid(path, reason, true));
    }

    /** It is said by other means. */
    void emulated(String path) {
        emulated.add(path);
    }

    /** What was left out so far. */
    List<Unsaid> unsaid() {
        return unsaid;
    }

    /** What was said by other means so far. */
    List<String> emulated() {
        return List.copyOf(emulated);
    }
}
