/**
 * The Gemini door.
 *
 * @see <a href="https://ai.google.dev/api">Google's API reference</a>
 */
@NullMarked
package dev.signalbox.api.gemini;

import org.jspecify.annotations.NullMarked;
