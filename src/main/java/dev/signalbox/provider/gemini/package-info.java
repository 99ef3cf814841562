/**
 * Google's Gemini API, for holders of an API key.
 *
 * @see <a href="https://ai.google.dev/api">Google's API reference</a>
 */
@NullMarked
package dev.signalbox.provider.gemini;

import org.jspecify.annotations.NullMarked;
