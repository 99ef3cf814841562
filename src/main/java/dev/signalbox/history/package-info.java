/** Responses that callers can come back to, with what was asked: the one place where prompts are kept. */
@NullMarked
package dev.signalbox.history;

import org.jspecify.annotations.NullMarked;
