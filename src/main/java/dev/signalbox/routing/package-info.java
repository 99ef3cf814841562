/** Which deployment is asked, in which order, and who is next when one fails. */
@NullMarked
package dev.signalbox.routing;

import org.jspecify.annotations.NullMarked;
