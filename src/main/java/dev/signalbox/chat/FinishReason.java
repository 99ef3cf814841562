package dev.signalbox.chat;

/** Why an answer ended, in no vendor's words. */
public enum FinishReason {
    /** The model was done. */
    STOP,
    /** A stop sequence was met. */
    STOP_SEQUENCE,
    /** The token limit was reached. */
    LENGTH,
    /** The model wants tools to be called. */
    TOOL_CALLS,
    /** The vendor's content policy ended it. */
    CONTENT_FILTER,
    /** The model refused. */
    REFUSAL,
    /** The vendor paused a long turn; send the conversation again to go on. */
    PAUSE,
    /** The context window was full. */
    CONTEXT_WINDOW,
    /** A reason this gateway does not know. */
    OTHER
}
