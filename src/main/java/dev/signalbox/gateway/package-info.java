/** The corridor: the order in which a chat is admitted, answered and paid for. */
@NullMarked
package dev.signalbox.gateway;

import org.jspecify.annotations.NullMarked;
