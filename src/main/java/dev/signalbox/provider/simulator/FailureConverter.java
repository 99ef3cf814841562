package dev.signalbox.provider.simulator;

import dev.signalbox.upstream.Breakdown;
import org.eclipse.microprofile.config.spi.Converter;

/** Reads a {@link Breakdown} as it is written in configuration. */
public final class FailureConverter implements Converter<Breakdown> {

    private static final long serialVersionUID = 1;

    @Override
    public Breakdown convert(String text) {
        return Breakdown.of(text);
    }
}
