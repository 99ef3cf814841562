/**
 * Wire languages, each in a folder of its own: pure functions between a vendor's JSON and what a chat is. Here is what several of
 * them share: what requests are read with, what is told of what could not be said, and what is made of errors.
 */
@NullMarked
package dev.signalbox.dialect;

import org.jspecify.annotations.NullMarked;
