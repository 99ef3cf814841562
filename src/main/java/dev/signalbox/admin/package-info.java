/** For operators: the ledger and usage, health, and what is said at the start. */
@NullMarked
package dev.signalbox.admin;

import org.jspecify.annotations.NullMarked;
