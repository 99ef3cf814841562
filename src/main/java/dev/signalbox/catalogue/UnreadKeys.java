package dev.signalbox.catalogue;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Priorities;
import jakarta.annotation.Priority;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;

/** Remembers which {@code signalbox.*} keys were read, so that those that nothing reads can be named at the start. */
@Priority(Priorities.LIBRARY + 900)
public final class UnreadKeys implements ConfigSourceInterceptor {

    private static final long serialVersionUID = 1;
    private static final String PREFIX = "signalbox.";

    private static final Set<String> READ = ConcurrentHashMap.newKeySet();

    /** What nothing had read at the start; to ask for its source is to read it. */
    private static final Set<String> UNREAD = ConcurrentHashMap.newKeySet();

    /** Where secrets of the environment stand by accident: {@code SIGNALBOX_ENCRYPTION_KEY}, {@code SIGNALBOX_SECRET_...}. */
    private static final List<String> OF_THE_ENVIRONMENT =
            List.of(PREFIX + "encryption", PREFIX + "secret", PREFIX + "admin.key", PREFIX + "admin-key");

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        if (name.startsWith(PREFIX)) {
            READ.add(name);
        }
        return context.proceed(name);
    }

    /**
     * The keys that are there and that nothing has read so far, in order. Variables of the environment are left out: a
     * cluster sets some of its own for every service, such as {@code SIGNALBOX_SERVICE_HOST}.
     */
    public static Set<String> of(Config config) {
        List<String> unread = StreamSupport.stream(config.getPropertyNames().spliterator(), false)
                .filter(name -> name.startsWith(PREFIX) && !READ.contains(name))
                .toList();
        UNREAD.addAll(unread);
        return unread.stream()
                .filter(name -> !String.valueOf(config.getConfigValue(name).getSourceName())
                        .startsWith("EnvConfigSource"))
                .collect(Collectors.toCollection(java.util.TreeSet::new));
    }

    /** What is configured and was read, by the full names of the keys, with its references expanded. */
    static Map<String, String> read(Config config) {
        Map<String, String> read = new HashMap<>();
        for (String name : config.getPropertyNames()) {
            if (name.startsWith(PREFIX)
                    && READ.contains(name)
                    && !UNREAD.contains(name)
                    && OF_THE_ENVIRONMENT.stream().noneMatch(name::startsWith)) {
                String value = config.getConfigValue(name).getValue();
                if (value != null) {
                    read.put(name, value);
                }
            }
        }
        return read;
    }
}
