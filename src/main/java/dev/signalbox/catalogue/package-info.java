/** Which providers, models, deployments and prices there are: read from configuration, held in one immutable snapshot. */
@NullMarked
package dev.signalbox.catalogue;

import org.jspecify.annotations.NullMarked;
