package dev.signalbox.catalogue;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Priorities;
import jakarta.annotation.Priority;
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
        return StreamSupport.stream(config.getPropertyNames().spliterator(), false)
                .filter(name -> name.startsWith(PREFIX) && !READ.contains(name))
                .filter(name -> !String.valueOf(config.getConfigValue(name).getSourceName())
                        .startsWith("EnvConfigSource"))
                .collect(Collectors.toCollection(java.util.TreeSet::new));
    }
}
