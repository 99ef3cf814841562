/**
 * OpenAI's models at Azure: the same language at other addresses, with a credential of its own.
 *
 * @see <a href="https://learn.microsoft.com/azure/ai-services/openai/reference">Azure OpenAI's API reference</a>
 */
@NullMarked
package dev.signalbox.provider.openai.azure;

import org.jspecify.annotations.NullMarked;
