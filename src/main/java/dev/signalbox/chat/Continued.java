package dev.signalbox.chat;

import org.jspecify.annotations.Nullable;

/**
 * What is asked of whoever goes on with an answer that broke off.
 *
 * @param prompt the whole of it, in no vendor's language
 * @param said the words that the caller has heard, which stand in the prompt as the model's own; empty: the prompt is the
 *     caller's, since there is nothing to go on from
 * @param wish the words that ask for the rest, which stand behind {@code said}
 * @param outputLimit the most tokens of the rest; null when the caller set no limit that is to be lowered
 */
public record Continued(
        Prompt prompt, String said, String wish, @Nullable Integer outputLimit) {}
