/** What the providers' REST clients have in common; each provider has a package below. */
@NullMarked
package dev.signalbox.provider;

import org.jspecify.annotations.NullMarked;
