/** Counting tokens. */
@NullMarked
package dev.signalbox.tokens;

import org.jspecify.annotations.NullMarked;
