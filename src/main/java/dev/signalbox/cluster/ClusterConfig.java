package dev.signalbox.cluster;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** Where replicas of one gateway meet. */
@ConfigMapping(prefix = "signalbox.cluster")
public interface ClusterConfig {

    /**
     * The address of the Redis that all replicas share, {@code redis://[user:password@]host[:port][/database]}, or
     * {@code rediss://} for TLS. Without it this is the only replica, and it counts in its own memory.
     */
    Optional<String> redis();
}
