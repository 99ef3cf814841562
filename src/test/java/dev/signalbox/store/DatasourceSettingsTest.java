package dev.signalbox.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasourceSettingsTest {

    @TempDir
    Path directory;

    @Test
    void withoutAStoreNothingOfADatabaseStarts() {
        SmallRyeConfig config = config(Map.of("signalbox.store.kind", "none", "quarkus.datasource.active", "true"));
        assertThat(config.getValue("quarkus.datasource.active", boolean.class)).isFalse();
        assertThat(config.getValue("quarkus.hibernate-orm.active", boolean.class))
                .isFalse();
        assertThat(config.getValue("quarkus.flyway.active", boolean.class)).isFalse();
    }

    @Test
    void embeddedIsTheDefaultAndKeepsItsAddress() throws Exception {
        Map<String, String> given = Map.of("signalbox.store.directory", directory.toString());
        SmallRyeConfig config = config(given);
        assertThat(config.getValue("signalbox.store.kind", StoreConfig.Kind.class))
                .isEqualTo(StoreConfig.Kind.EMBEDDED);
        assertThat(config.getValue("quarkus.datasource.active", boolean.class)).isTrue();
        assertThat(directory.resolve("postgres")).doesNotExist();
        String url = config.getValue("quarkus.datasource.jdbc.url", String.class);
        assertThat(url).matches("jdbc:postgresql://127\\.0\\.0\\.1:\\d+/postgres");
        assertThat(config(given).getValue("quarkus.datasource.reactive.url", String.class))
                .isEqualTo(url.substring("jdbc:".length()));
        assertThat(config.getValue("quarkus.datasource.password", String.class)).hasSize(64);
        assertThat(Files.getPosixFilePermissions(directory.resolve("postgres/password")))
                .hasSize(2);
        assertThat(config.getPropertyNames()).doesNotContain("quarkus.datasource.password");
    }

    @Test
    void eitherAddressOfAPostgresIsEnough() {
        assertThat(config(Map.of(
                                "signalbox.store.kind", "postgres",
                                "quarkus.datasource.jdbc.url",
                                        "jdbc:postgresql://db:5432/ledger?ApplicationName=x&sslmode=require"))
                        .getValue("quarkus.datasource.reactive.url", String.class))
                .isEqualTo("postgresql://db:5432/ledger?sslmode=require");
        assertThat(config(Map.of(
                                "signalbox.store.kind", "postgres",
                                "quarkus.datasource.reactive.url", "vertx-reactive:postgresql://db:5432/ledger"))
                        .getValue("quarkus.datasource.jdbc.url", String.class))
                .isEqualTo("jdbc:postgresql://db:5432/ledger");
        assertThat(config(Map.of("signalbox.store.kind", "postgres"))
                        .getValue("quarkus.datasource.active", boolean.class))
                .isFalse();
    }

    private static SmallRyeConfig config(Map<String, String> given) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withInterceptors(new DatasourceSettings())
                .withSources(new PropertiesConfigSource(given, "test", 100))
                .build();
    }
}
