package dev.signalbox.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Leftover;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a translation could not say, and what it said by other means. Reasons go on from the name of the upstream. */
public final class Disclosure {

    private final List<Unsaid> unsaid = new ArrayList<>(0);
    private final Set<String> emulated = new LinkedHashSet<>(0);

    /** It is left out; a configuration may allow that. */
    public void unsaid(String path, String reason) {
        unsaid.add(new Unsaid(path, reason));
    }

    /** It is left out, and the answer means the same without it. */
    public void hint(String path, String reason) {
        unsaid.add(Unsaid.hint(path, reason));
    }

    /** It is left out, and without it the request makes no sense. */
    public void impossible(String path, String reason) {
        unsaid.add(new Unsaid(path, reason, true));
    }

    /** It is left out, since it is at an address and its bytes are not here; it could be said if someone fetched it. */
    public void bytesOnly(String path, String reason, String url) {
        unsaid.add(Unsaid.bytesOnly(path, reason, url));
    }

    /** A mark for a prompt cache is left out, if there is one. */
    public void cacheMark(@Nullable JsonNode mark, String path, String reason) {
        if (mark != null && !mark.isNull()) {
            hint(path + ".cache_control", reason);
        }
    }

    /** What nobody understood is left out; null says nothing. */
    public void leftovers(Prompt prompt) {
        for (Leftover leftover : prompt.leftovers()) {
            if (!leftover.value().isNull()) {
                unsaid(leftover.path(), "has no such field");
            }
        }
    }

    /** It is said by other means. */
    public void emulated(String path) {
        emulated.add(path);
    }

    /** What was left out so far. */
    public List<Unsaid> unsaid() {
        return unsaid;
    }

    /** What was said by other means so far. */
    public List<String> emulated() {
        return List.copyOf(emulated);
    }
}
