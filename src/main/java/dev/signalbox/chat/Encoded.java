package dev.signalbox.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A prompt in one dialect, and what that dialect could not say.
 *
 * @param body the request in the dialect's JSON, without what is unsaid
 * @param unsaid everything of the prompt that is not in the body
 * @param emulated paths that the body says by other means, such as a tool in place of a response format
 * @param decoder reads the answer, when that takes knowing how it was asked, as with names that were mapped; null: the
 *     dialect's usual one
 */
public record Encoded(
        ObjectNode body,
        List<Unsaid> unsaid,
        List<String> emulated,
        @Nullable Supplier<Dialect.AnswerDecoder> decoder) {

    /** A prompt whose answer is read as usual. */
    public Encoded(ObjectNode body, List<Unsaid> unsaid, List<String> emulated) {
        this(body, unsaid, emulated, null);
    }

    public Encoded {
        unsaid = List.copyOf(unsaid);
        emulated = List.copyOf(emulated);
    }

    /**
     * Something that could not be said.
     *
     * @param path where it stands in the caller's body
     * @param reason why, in words that complete "this deployment"
     * @param required whether dropping it would leave no sensible request, so that no configuration allows it
     * @param hint whether the answer means the same without it, as with a mark for a prompt cache or another vendor's
     *     seal, so that it is dropped unless the caller is strict
     * @param url an address whose bytes could be said; null when bytes would not help
     */
    public record Unsaid(
            String path,
            String reason,
            boolean required,
            boolean hint,
            @Nullable String url) {

        /** Something that may be dropped where the configuration allows it, or, when required, nowhere. */
        public Unsaid(String path, String reason, boolean required) {
            this(path, reason, required, false, null);
        }

        /** Something that may be dropped where the configuration allows it. */
        public Unsaid(String path, String reason) {
            this(path, reason, false, false, null);
        }

        /** Something that may be dropped wherever dropping is disclosed. */
        public static Unsaid hint(String path, String reason) {
            return new Unsaid(path, reason, false, true, null);
        }

        /** A picture or document that is at an address, where only bytes are taken. */
        public static Unsaid bytesOnly(String path, String reason, String url) {
            return new Unsaid(path, reason, true, false, url);
        }
    }
}
