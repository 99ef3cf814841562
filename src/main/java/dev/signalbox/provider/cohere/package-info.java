/**
 * Cohere's own address.
 *
 * @see <a href="https://docs.cohere.com/v2/reference/about">Cohere's API</a>
 */
@NullMarked
package dev.signalbox.provider.cohere;

import org.jspecify.annotations.NullMarked;
