/**
 * Wire languages, each in a folder of its own: pure functions between a vendor's JSON and what a chat is. Here is what they read
 * requests with.
 */
@NullMarked
package dev.signalbox.dialect;

import org.jspecify.annotations.NullMarked;
