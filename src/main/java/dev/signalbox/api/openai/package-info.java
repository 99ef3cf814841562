/**
 * The OpenAI door.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference">OpenAI's API reference</a>
 */
@NullMarked
package dev.signalbox.api.openai;

import org.jspecify.annotations.NullMarked;
