/**
 * What a provider is asked at most: so many requests and tokens a minute, so many calls at the same time, and who waits for
 * one of these. {@link dev.signalbox.limits.LimitsByProvider} has it all, by provider.
 */
@NullMarked
package dev.signalbox.limits;

import org.jspecify.annotations.NullMarked;
