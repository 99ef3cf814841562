/**
 * Anthropic's own address.
 *
 * @see <a href="https://docs.anthropic.com/en/api/messages">Anthropic's Messages API</a>
 */
@NullMarked
package dev.signalbox.provider.anthropic;

import org.jspecify.annotations.NullMarked;
