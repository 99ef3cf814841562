/** Who may call: virtual keys and the admin key, kept and compared as digests. */
@NullMarked
package dev.signalbox.keys;

import org.jspecify.annotations.NullMarked;
