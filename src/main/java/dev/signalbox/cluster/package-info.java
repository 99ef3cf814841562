/**
 * What several replicas of a gateway share while they run: limits, budgets, and what one of them learns of a provider. Only this
 * room knows Redis. It implements what {@code limits} and {@code upstream} ask for; without Redis those count in memory.
 */
@NullMarked
package dev.signalbox.cluster;

import org.jspecify.annotations.NullMarked;
