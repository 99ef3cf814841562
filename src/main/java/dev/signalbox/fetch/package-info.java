/** Pictures and documents that callers name by address, fetched for upstreams that take bytes only; from public addresses. */
@NullMarked
package dev.signalbox.fetch;

import org.jspecify.annotations.NullMarked;
