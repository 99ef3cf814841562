/** What kind of request it is, told from its words: pure functions, their terms are data. */
@NullMarked
package dev.signalbox.classify;

import org.jspecify.annotations.NullMarked;
