/**
 * What outlives the process: PostgreSQL, one's own or embedded, behind ports of the other rooms. Hibernate is known here
 * only, and with {@code signalbox.store.kind} {@code none} nothing of it starts.
 */
@NullMarked
package dev.signalbox.store;

import org.jspecify.annotations.NullMarked;
