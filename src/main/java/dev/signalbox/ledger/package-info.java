/**
 * What every answered request used and cost: one row each, appended to a local journal before the end of the answer is
 * sent, and brought to the store from there, exactly once by request id.
 */
@NullMarked
package dev.signalbox.ledger;

import org.jspecify.annotations.NullMarked;
