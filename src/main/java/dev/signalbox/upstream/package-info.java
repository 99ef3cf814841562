/**
 * Asking one deployment: the provider SPI, the LangChain4j models behind it, deadlines, circuit, credentials, and what a
 * failure means.
 */
@NullMarked
package dev.signalbox.upstream;

import org.jspecify.annotations.NullMarked;
