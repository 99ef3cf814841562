package dev.signalbox.keys;

/**
 * A group of keys.
 *
 * @param name what it is known by
 * @param terms what each of its keys may do, and how much all of them together may use
 * @param mark where it is kept, and since when
 */
public record TeamEntry(String name, Terms terms, Mark mark) {}
