/**
 * The packaged gateway, started as a process of its own and judged from outside: over HTTP, by its log, and by what the
 * vendors behind it get to see.
 */
package dev.signalbox.it;
