/**
 * The door for OpenAI's Responses API. What that API keeps between requests the gateway keeps itself, so that it works with
 * every provider.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/responses">OpenAI's API reference</a>
 */
@NullMarked
package dev.signalbox.api.responses;

import org.jspecify.annotations.NullMarked;
