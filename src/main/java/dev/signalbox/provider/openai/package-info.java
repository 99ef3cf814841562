/**
 * OpenAI and every server that speaks like it; how they differ is data in {@code kinds.properties}.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/chat">OpenAI's API reference</a>
 */
@NullMarked
package dev.signalbox.provider.openai;

import org.jspecify.annotations.NullMarked;
