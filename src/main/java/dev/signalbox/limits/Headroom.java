package dev.signalbox.limits;

/**
 * What is left of a limit for the running minute.
 *
 * @param left how much; below zero when answers took more than was expected
 * @param limit how much there is
 */
public record Headroom(long left, long limit) {}
