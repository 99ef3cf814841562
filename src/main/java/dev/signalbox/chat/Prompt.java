package dev.signalbox.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks of a model, in no vendor's language: the one form between the dialects, so that N languages need N
 * codecs.
 *
 * <p>Nothing is lost on the way in: what a dialect's decoder does not understand becomes a {@link Leftover}. Nothing is
 * lost on the way out either: an encoder answers for every {@link Part}, every {@link Setting} and every leftover, by
 * saying it in its own language or by listing it as {@link Encoded.Unsaid}.
 *
 * @param messages the conversation in the order in which the caller wrote it; system messages may stand anywhere
 * @param tools what the model may call
 * @param toolChoice whether it must; null when the caller did not say
 * @param settings everything else that was understood
 * @param leftovers everything that was not
 * @param toolChoicePath the caller's own name for the tool choice
 */
public record Prompt(
        List<Message> messages,
        List<Tool> tools,
        @Nullable ToolChoice toolChoice,
        Map<Setting, Given> settings,
        List<Leftover> leftovers,
        String toolChoicePath) {

    /** A prompt whose tool choice stands where most languages have it. */
    public Prompt(
            List<Message> messages,
            List<Tool> tools,
            @Nullable ToolChoice toolChoice,
            Map<Setting, Given> settings,
            List<Leftover> leftovers) {
        this(messages, tools, toolChoice, settings, leftovers, "tool_choice");
    }

    public Prompt {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
        settings = Map.copyOf(settings);
        leftovers = List.copyOf(leftovers);
    }

    /** Who speaks. */
    public enum Role {
        SYSTEM,
        USER,
        ASSISTANT,
        TOOL
    }

    /**
     * One message.
     *
     * @param path where it stands in the caller's body, such as {@code messages[1]}
     */
    public record Message(Role role, List<Part> parts, String path) {
        public Message {
            parts = List.copyOf(parts);
        }
    }

    /**
     * A function the model may call.
     *
     * @param parameters the JSON schema of its arguments, as the caller wrote it; null when there is none
     * @param strict whether the arguments must follow the schema; null when the caller did not say
     * @param cacheMark a prompt-cache mark on the tool, as Anthropic's {@code cache_control}; null when there is none
     * @param path where it stands in the caller's body, such as {@code tools[0]}
     */
    public record Tool(
            String name,
            @Nullable String description,
            @Nullable JsonNode parameters,
            @Nullable Boolean strict,
            @Nullable JsonNode cacheMark,
            String path) {}

    /** Whether a tool is to be called. */
    public sealed interface ToolChoice {
        /** The model decides. */
        record Auto() implements ToolChoice {}

        /** No tool may be called. */
        record None() implements ToolChoice {}

        /** Some tool must be called. */
        record Required() implements ToolChoice {}

        /** This tool must be called. */
        record Named(String name) implements ToolChoice {}
    }

    /** What a caller can set beside the conversation; the shape of each value is the same for all dialects. */
    public enum Setting {
        /** Integer: the most tokens of the answer, thinking included. */
        MAX_OUTPUT_TOKENS,
        /** Number. */
        TEMPERATURE,
        /** Number. */
        TOP_P,
        /** Integer. */
        TOP_K,
        /** Number from -2 to 2. */
        FREQUENCY_PENALTY,
        /** Number from -2 to 2. */
        PRESENCE_PENALTY,
        /** Integer. */
        SEED,
        /** Array of strings at which the answer ends. */
        STOP,
        /** String: the caller's own end user. */
        USER,
        /** Boolean: whether more than one tool may be called at once. */
        PARALLEL_TOOL_CALLS,
        /** String: {@code none}, {@code minimal}, {@code low}, {@code medium}, {@code high} or {@code xhigh}. */
        REASONING_EFFORT,
        /** Integer: the most tokens of thinking; 0 for none, below 0 for as many as the model sees fit. */
        THINKING_BUDGET,
        /** Boolean: whether what the model thinks is to be shown. */
        THOUGHTS_WANTED,
        /** String: {@code low}, {@code medium} or {@code high}. */
        VERBOSITY,
        /** Integer: the length of the vectors. */
        DIMENSIONS,
        /**
         * String: what vectors are for, {@code search_query}, {@code search_document}, {@code classification}, {@code
         * clustering}, {@code similarity}, {@code question_answering}, {@code fact_verification} or {@code code_query}.
         */
        EMBEDDING_PURPOSE,
        /** Object {@code {type: text | json_object | json_schema, name?, schema?, strict?}}. */
        RESPONSE_FORMAT,
        /** Integer: how many answers are wanted. */
        CANDIDATES
    }

    /**
     * A setting the caller gave.
     *
     * @param value in the shape its {@link Setting} says
     * @param path the caller's own name for it, such as {@code max_completion_tokens}
     */
    public record Given(JsonNode value, String path) {}

    /**
     * Something in the caller's body that its decoder does not understand, kept as it was.
     *
     * @param path where it stands, such as {@code logit_bias} or {@code messages[0].annotations}
     * @param hint whether the answer means the same without it, so that it is dropped unless the caller is strict
     */
    public record Leftover(String path, JsonNode value, boolean hint) {

        /** Something that is refused where it cannot be said. */
        public Leftover(String path, JsonNode value) {
            this(path, value, false);
        }
    }

    /** The setting, if the caller gave it. */
    public @Nullable Given setting(Setting setting) {
        return settings.get(setting);
    }
}
