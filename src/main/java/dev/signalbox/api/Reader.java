package dev.signalbox.api;

import java.util.List;

/** A door, as far as it reads bodies. */
@FunctionalInterface
public interface Reader {

    /** How it reads, one for each operation. */
    List<Reading> readings();
}
