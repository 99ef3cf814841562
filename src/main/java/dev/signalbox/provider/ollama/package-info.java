/**
 * A server of one's own that runs Ollama, or its cloud.
 *
 * @see <a href="https://github.com/ollama/ollama/blob/main/docs/api.md">Ollama's API</a>
 */
@NullMarked
package dev.signalbox.provider.ollama;

import org.jspecify.annotations.NullMarked;
