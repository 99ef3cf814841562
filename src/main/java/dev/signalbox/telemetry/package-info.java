/** Names of metrics and what is recorded under them, after OpenTelemetry's GenAI conventions; and the clock. */
@NullMarked
package dev.signalbox.telemetry;

import org.jspecify.annotations.NullMarked;
