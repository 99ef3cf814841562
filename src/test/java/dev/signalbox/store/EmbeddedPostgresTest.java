package dev.signalbox.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {

    @TempDir
    Path directory;

    @Test
    void keepsItsDataAndIsFoundAgainByTheNextGateway() throws Exception {
        EmbeddedPostgres.Address address = EmbeddedPostgres.address(directory);
        Command command = Command.unprivileged();
        try (EmbeddedPostgres first = EmbeddedPostgres.take(directory, command)) {
            first.start();
            execute(address, "create table kept as select 1 as one");
            assertThat(execute(address, "show fsync")).isEqualTo("on");
            assertThat(execute(address, "show listen_addresses")).isEqualTo("127.0.0.1");
            assertThatThrownBy(() -> EmbeddedPostgres.take(directory, command))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another gateway");

            first.release(); // as if it had been killed: the server goes on
        }
        assertThat(EmbeddedPostgres.address(directory)).isEqualTo(address);
        try (EmbeddedPostgres second = EmbeddedPostgres.take(directory, command)) {
            assertThat(second.isRunning()).isTrue();
            second.start();
            assertThat(execute(address, "select one from kept")).isEqualTo("1");
        }
        assertThatThrownBy(() -> execute(address, "select 1")).isInstanceOf(SQLException.class);
        Files.writeString(
                directory.resolve("postgres/data/postmaster.pid"),
                ProcessHandle.current().pid() + "\n");
        try (EmbeddedPostgres third = EmbeddedPostgres.take(directory, command)) {
            assertThat(third.isRunning()).isFalse();
            third.start();
            assertThat(execute(address, "select one from kept")).isEqualTo("1");
        }
        assertThat(Files.getPosixFilePermissions(directory.resolve("postgres"))).hasSize(3);
        assertThat(Files.getPosixFilePermissions(directory.resolve("postgres/data")))
                .hasSize(3);
    }

    @Test
    void runsAsNobodyWhereRootHasNoNamespaces() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")));
        EmbeddedPostgres.Address address = EmbeddedPostgres.address(directory);
        try (EmbeddedPostgres hidden = EmbeddedPostgres.take(directory, Command.nobody())) {
            assertThatThrownBy(hidden::start).hasMessageContaining("signalbox.store.directory");
        }
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (EmbeddedPostgres postgres = EmbeddedPostgres.take(directory, Command.nobody())) {
            postgres.start();
            assertThat(execute(address, "select 1")).isEqualTo("1");
        }
    }

    private static String execute(EmbeddedPostgres.Address address, String sql) throws SQLException {
        Properties login = new Properties();
        login.put("user", EmbeddedPostgres.USER);
        login.put("password", address.password());
        try (Connection connection =
                        DriverManager.getConnection("jdbc:postgresql://" + address.hostAndDatabase(), login);
                Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            try (ResultSet result = statement.getResultSet()) {
                result.next();
                return result.getString(1);
            }
        }
    }
}
