/**
 * In which order candidates are tried: each strategy is a pure function of what is asked, of one consistent view of the
 * candidates, and of the little that some remember. {@link dev.signalbox.strategy.Repertoire} knows them by name.
 */
@NullMarked
package dev.signalbox.strategy;

import org.jspecify.annotations.NullMarked;
