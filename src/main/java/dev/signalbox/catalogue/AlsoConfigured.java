package dev.signalbox.catalogue;

import java.util.Map;

/** A port: what is in force beside what files and the environment say, by whoever keeps it, so that it can be exported. */
@FunctionalInterface
public interface AlsoConfigured {

    /** As properties of the configuration, such as {@code signalbox.auth.keys.ci.key-sha256}. */
    Map<String, String> properties();
}
