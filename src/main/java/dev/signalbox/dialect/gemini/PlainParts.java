package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.dialect.Rereading;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether somebody else could go on with a stream: one candidate, of words, thoughts and whole calls alone. */
final class PlainParts implements Rereading.Readable {

    private static final Set<String> PART = Set.of("text", "thought", "thoughtSignature", "functionCall");
    private static final Set<String> CALL = Set.of("id", "name", "args");

    @Override
    public boolean test(@Nullable String name, JsonNode piece) {
        JsonNode candidates = piece.path("candidates");
        if (candidates.size() > 1 || candidates.path(0).path("index").asInt(0) != 0) {
            return false;
        }
        for (JsonNode part : candidates.path(0).path("content").path("parts")) {
            if (!Rereading.hasOnly(part, PART) || !Rereading.hasOnly(part.path("functionCall"), CALL)) {
                return false;
            }
        }
        return true;
    }
}
