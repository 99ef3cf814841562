/** The doors: HTTP in, {@link dev.signalbox.chat.Exchange} and back; who may pass, and how errors look. */
@NullMarked
package dev.signalbox.api;

import org.jspecify.annotations.NullMarked;
