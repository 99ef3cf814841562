/**
 * Gemini and its neighbours on Google Cloud, for service accounts and machines there.
 *
 * @see <a href="https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference">Google Cloud's API reference</a>
 */
@NullMarked
package dev.signalbox.provider.vertex;

import org.jspecify.annotations.NullMarked;
