package dev.signalbox.keys;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;

/** The configuration of keys, as a file would write it. */
final class Settings {

    private Settings() {}

    private static SmallRyeConfig config(Map<String, String> written) {
        return new SmallRyeConfigBuilder()
                .withMapping(AuthConfig.class)
                .withSources(new PropertiesConfigSource(written, "file", 100))
                .addDefaultInterceptors()
                .build();
    }

    /** Who may call. */
    static AuthConfig auth(Map<String, String> written) {
        return config(written).getConfigMapping(AuthConfig.class);
    }

    /** The keys and teams of a file. */
    static FileKeys file(Map<String, String> written) {
        SmallRyeConfig config = config(written);
        return new FileKeys(config.getConfigMapping(AuthConfig.class), config);
    }
}
