/**
 * What a chat is, independent of any vendor's JSON and of any transport: the exchange, the prompt, the events of an
 * answer, usage and money. Nothing here imports another room.
 */
@NullMarked
package dev.signalbox.chat;

import org.jspecify.annotations.NullMarked;
