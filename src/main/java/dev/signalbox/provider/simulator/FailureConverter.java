package dev.signalbox.provider.simulator;

import dev.signalbox.provider.simulator.SimulatorConfig.Failure;
import org.eclipse.microprofile.config.spi.Converter;

/** Reads a {@link Failure} as it is written in configuration. */
public final class FailureConverter implements Converter<Failure> {

    private static final long serialVersionUID = 1;

    @Override
    public Failure convert(String text) {
        return switch (text.trim()) {
            case "429" -> Failure.RATE_LIMITED;
            case "500" -> Failure.SERVER_ERROR;
            case "timeout" -> Failure.TIMEOUT;
            case "disconnect" -> Failure.DISCONNECT;
            case "malformed" -> Failure.MALFORMED;
            default ->
                throw new IllegalArgumentException(
                        "there is no failure '" + text + "'; there are 429, 500, timeout, disconnect, malformed");
        };
    }
}
