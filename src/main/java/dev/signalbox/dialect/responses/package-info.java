/**
 * OpenAI's Responses language: a list of items in, a list of items out.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/responses">OpenAI's API reference</a>
 */
@NullMarked
package dev.signalbox.dialect.responses;

import org.jspecify.annotations.NullMarked;
