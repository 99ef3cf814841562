package dev.signalbox.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One piece of a message; {@link #path()} says where it stands in the caller's body. */
public sealed interface Part {

    /** Where it stands in the caller's body, such as {@code messages[1].content[0]}. */
    String path();

    /** The prompt-cache mark on it, as Anthropic's {@code cache_control} object; null when there is none. */
    default @Nullable JsonNode cacheMark() {
        return null;
    }

    /** Words. */
    record Text(String text, @Nullable JsonNode cacheMark, String path) implements Part {}

    /**
     * A picture.
     *
     * @param detail OpenAI's {@code low}, {@code high} or {@code auto}; null when not said
     */
    record Image(
            Media media, @Nullable String detail, @Nullable JsonNode cacheMark, String path) implements Part {}

    /**
     * A document, such as a PDF.
     *
     * @param name its file name or title; null when not said
     */
    record Document(
            Media media, @Nullable String name, @Nullable JsonNode cacheMark, String path) implements Part {}

    /** Sound. */
    record Audio(Media media, String path) implements Part {}

    /**
     * A call of a tool by the model.
     *
     * @param id the caller's own id of the call
     * @param arguments a JSON object as text; models may write something else, and it is kept
     */
    record ToolCall(
            String id,
            String name,
            String arguments,
            @Nullable JsonNode cacheMark,
            String path) implements Part {}

    /**
     * What a tool answered.
     *
     * @param callId the id of the call it answers
     * @param failed whether the tool says that it failed
     */
    record ToolResult(
            String callId,
            List<Part> content,
            boolean failed,
            @Nullable JsonNode cacheMark,
            String path) implements Part {
        public ToolResult {
            content = List.copyOf(content);
        }
    }

    /**
     * What the model thought.
     *
     * @param text its words; empty when the vendor hides them
     * @param signature the vendor's seal, without which the vendor refuses to see it again; null when there is none
     * @param origin the dialect whose seal it is; null when there is none
     */
    record Thinking(
            String text,
            @Nullable String signature,
            @Nullable String origin,
            String path) implements Part {}

    /** Thinking that the vendor has encrypted whole. */
    record SealedThinking(String data, String origin, String path) implements Part {}

    /** The model's words of refusal. */
    record Refusal(String text, String path) implements Part {}

    /** Where the bytes of a picture, sound or document are. */
    sealed interface Media {
        /** At an address. */
        record Url(String url) implements Media {}

        /** Here, in base64 that is never decoded on the way. */
        record Base64(String mediaType, String data) implements Media {}

        /** At the vendor, under an id of the vendor's. */
        record FileId(String id) implements Media {}
    }
}
