/**
 * OpenAI's chat completions language, as OpenAI and the many servers that follow it speak it: <a
 * href="https://platform.openai.com/docs/api-reference/chat">the API</a>, <a
 * href="https://platform.openai.com/docs/api-reference/chat-streaming">its streams</a>. With it: {@code reasoning_content}
 * and {@code reasoning} of those servers, and {@code signalbox_thinking}, in which the seals of other vendors' thoughts
 * travel through callers who speak this language.
 */
@NullMarked
package dev.signalbox.dialect.openai;

import org.jspecify.annotations.NullMarked;
