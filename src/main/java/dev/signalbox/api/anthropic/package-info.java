/**
 * The door for callers who speak like Anthropic's clients, of version 1 ({@code Authorization: Bearer}) and before ({@code
 * x-api-key}).
 *
 * @see <a href="https://platform.claude.com/docs/en/api/overview">Anthropic's API</a>
 */
@NullMarked
package dev.signalbox.api.anthropic;

import org.jspecify.annotations.NullMarked;
