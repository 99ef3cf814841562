/**
 * Budgets that cannot be overspent: who pays for an attempt is a {@link dev.signalbox.limits.money.Purse}, what it can cost at
 * most its {@link dev.signalbox.limits.money.WorstCase}; the {@link dev.signalbox.limits.money.Book} sets that aside before the
 * attempt is made and takes what it cost in truth afterwards.
 */
@NullMarked
package dev.signalbox.limits.money;

import org.jspecify.annotations.NullMarked;
