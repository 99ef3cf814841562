/**
 * The language of Google's Gemini API: {@code generateContent}, {@code streamGenerateContent}, {@code embedContent}, {@code
 * batchEmbedContents} and {@code countTokens} of {@code generativelanguage}, version {@code v1beta}.
 *
 * @see <a href="https://ai.google.dev/api/generate-content">Generating content</a>
 */
@NullMarked
package dev.signalbox.dialect.gemini;

import org.jspecify.annotations.NullMarked;
