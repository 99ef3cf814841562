package dev.signalbox.store;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Turns {@code signalbox.store.kind} into Quarkus's keys: the switches that keep Hibernate, the pools and Flyway from
 * starting, and the addresses of the embedded PostgreSQL. It names no keys, so that a build records none of their values.
 */
public final class DatasourceSettings implements ConfigSourceInterceptor {

    static final String KIND = "signalbox.store.kind";
    static final String DIRECTORY = "signalbox.store.directory";
    static final String JDBC_URL = "quarkus.datasource.jdbc.url";
    static final String REACTIVE_URL = "quarkus.datasource.reactive.url";
    static final String USERNAME = "quarkus.datasource.username";
    static final String PASSWORD = "quarkus.datasource.password";

    private static final long serialVersionUID = 1;
    private static final String NAME = "signalbox.store";
    private static final String JDBC = "jdbc:postgresql://";
    private static final String REACTIVE = "postgresql://";

    /** The address of each embedded PostgreSQL by its directory; a port that was chosen once stays. */
    private transient @Nullable Entry<Path, EmbeddedPostgres.Address> address;

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        return switch (name) {
            case KIND -> {
                ConfigValue given = context.proceed(name);
                yield given == null || given.getValue() == null
                        ? value(name, defaultKind().name().toLowerCase(Locale.ROOT))
                        : given;
            }
            case "quarkus.datasource.active", "quarkus.hibernate-orm.active", "quarkus.flyway.active" ->
                value(name, String.valueOf(isDatabase(context)));
            case JDBC_URL, REACTIVE_URL, USERNAME, PASSWORD -> datasource(context, name);
            default -> context.proceed(name);
        };
    }

    private @Nullable ConfigValue datasource(ConfigSourceInterceptorContext context, String name) {
        StoreConfig.Kind kind = kind(context);
        if (kind == StoreConfig.Kind.EMBEDDED && !isNative()) {
            EmbeddedPostgres.Address at = address(context);
            return value(
                    name,
                    switch (name) {
                        case JDBC_URL -> JDBC + at.hostAndDatabase();
                        case REACTIVE_URL -> REACTIVE + at.hostAndDatabase();
                        case USERNAME -> EmbeddedPostgres.USER;
                        default -> at.password();
                    });
        }
        ConfigValue given = context.proceed(name);
        if (kind == StoreConfig.Kind.POSTGRES && (given == null || given.getValue() == null)) {
            String derived = switch (name) {
                case JDBC_URL -> jdbcUrl(text(context.proceed(REACTIVE_URL)));
                case REACTIVE_URL -> reactiveUrl(text(context.proceed(JDBC_URL)));
                default -> null;
            };
            return derived == null ? given : value(name, derived);
        }
        return given;
    }

    /** The same database for JDBC; null when there is none. */
    static @Nullable String jdbcUrl(@Nullable String reactiveUrl) {
        if (reactiveUrl == null) {
            return null;
        }
        int scheme = reactiveUrl.indexOf("://");
        return scheme < 0 ? null : JDBC + reactiveUrl.substring(scheme + 3);
    }

    /** The same database for the reactive client, which takes fewer parameters; null when there is none. */
    static @Nullable String reactiveUrl(@Nullable String jdbcUrl) {
        if (jdbcUrl == null || !jdbcUrl.startsWith(JDBC)) {
            return null;
        }
        String rest = jdbcUrl.substring(JDBC.length());
        int query = rest.indexOf('?');
        if (query < 0) {
            return REACTIVE + rest;
        }
        StringBuilder kept = new StringBuilder();
        for (String parameter : rest.substring(query + 1).split("&", -1)) {
            if (parameter.startsWith("sslmode=")
                    || parameter.startsWith("user=")
                    || parameter.startsWith("password=")) {
                kept.append(kept.isEmpty() ? '?' : '&').append(parameter);
            }
        }
        return REACTIVE + rest.substring(0, query) + kept;
    }

    private EmbeddedPostgres.Address address(ConfigSourceInterceptorContext context) {
        String given = text(context.proceed(DIRECTORY));
        Path directory =
                Path.of(given == null ? "./data" : given).toAbsolutePath().normalize();
        Entry<Path, EmbeddedPostgres.Address> known = address;
        if (known == null || !known.getKey().equals(directory)) {
            try {
                known = Map.entry(directory, EmbeddedPostgres.address(directory));
            } catch (IOException e) {
                throw new UncheckedIOException("%s cannot be used: %s".formatted(DIRECTORY, e.getMessage()), e);
            }
            address = known;
        }
        return known.getValue();
    }

    /** Whether there is a database to start anything for; when it should be there and is not, {@link Store} says so. */
    private static boolean isDatabase(ConfigSourceInterceptorContext context) {
        return switch (kind(context)) {
            case NONE -> false;
            case POSTGRES -> text(context.proceed(JDBC_URL)) != null || text(context.proceed(REACTIVE_URL)) != null;
            case EMBEDDED -> !isNative();
        };
    }

    private static StoreConfig.Kind kind(ConfigSourceInterceptorContext context) {
        String given = text(context.proceed(KIND));
        if (given == null) {
            return defaultKind();
        }
        return switch (given.toLowerCase(Locale.ROOT)) {
            case "embedded" -> StoreConfig.Kind.EMBEDDED;
            case "postgres" -> StoreConfig.Kind.POSTGRES;
            default -> StoreConfig.Kind.NONE; // what is none of the three stops the start elsewhere
        };
    }

    private static StoreConfig.Kind defaultKind() {
        return isNative() ? StoreConfig.Kind.NONE : StoreConfig.Kind.EMBEDDED;
    }

    /** Whether this is a native executable, where no PostgreSQL can be unpacked from a jar. */
    static boolean isNative() {
        return System.getProperty("org.graalvm.nativeimage.imagecode") != null;
    }

    private static @Nullable String text(@Nullable ConfigValue value) {
        return value == null || value.getValue() == null || value.getValue().isEmpty() ? null : value.getValue();
    }

    private static ConfigValue value(String name, String value) {
        return ConfigValue.builder()
                .withName(name)
                .withValue(value)
                .withRawValue(value)
                .withConfigSourceName(NAME)
                .withConfigSourceOrdinal(Integer.MAX_VALUE)
                .build();
    }
}
