/** A provider that answers by itself, with no network: for first steps, for drills and for tests of applications. */
@NullMarked
package dev.signalbox.provider.simulator;

import org.jspecify.annotations.NullMarked;
