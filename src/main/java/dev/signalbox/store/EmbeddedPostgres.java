package dev.signalbox.store;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import org.jboss.logging.Logger;

/**
 * A PostgreSQL of this gateway's own: real, durable, on a loopback port, with a password that only this gateway knows.
 * It outlives a gateway that is killed; the next one finds it and goes on with it.
 */
final class EmbeddedPostgres implements AutoCloseable {

    static final String USER = "signalbox";

    private static final Logger LOG = Logger.getLogger(EmbeddedPostgres.class);
    private static final String DATABASE = "postgres";
    private static final String LOOPBACK = "127.0.0.1";

    /**
     * Where it listens.
     *
     * @param password what it lets in
     */
    record Address(int port, String password) {
        String hostAndDatabase() {
            return LOOPBACK + ":" + port + "/" + DATABASE;
        }
    }

    private final Path home;
    private final Path data;
    private final FileChannel lockFile;
    private final FileLock lock;
    private final Command command;
    private Path programs = Path.of("");

    private EmbeddedPostgres(Path home, FileChannel lockFile, FileLock lock, Command command) {
        this.home = home;
        this.data = data(home);
        this.lockFile = lockFile;
        this.lock = lock;
        this.command = command;
    }

    /** Where the one in that directory listens, or will once it is started. */
    static Address address(Path directory) throws IOException {
        Path home = home(directory);
        return new Address(port(home), password(home));
    }

    /** Takes the directory for this process. */
    static EmbeddedPostgres take(Path directory, Command command) throws IOException {
        Path home = home(directory);
        FileChannel lockFile =
                FileChannel.open(home.resolve("lock"), StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        try {
            FileLock lock = lockFile.tryLock();
            if (lock != null) {
                return new EmbeddedPostgres(home, lockFile, lock, command);
            }
        } catch (OverlappingFileLockException _) {
            // this process has it already; said below
        } catch (IOException e) {
            lockFile.close();
            throw e;
        }
        lockFile.close();
        throw new IOException("another gateway uses " + home);
    }

    /** Starts it, unless it runs still, and returns when it can be connected to. */
    void start() throws IOException {
        programs = PostgresPrograms.unpackInto(home);
        command.own(home);
        OptionalLong running = running(data);
        if (running.isPresent()) {
            if (isReady(data)) {
                LOG.infof("the embedded PostgreSQL runs still, as process %d", running.getAsLong());
                return;
            }
            stop("immediate");
        }
        Files.deleteIfExists(data.resolve("postmaster.pid"));
        if (!Files.isDirectory(data)) {
            Path next = home.resolve("data.next");
            if (Files.isDirectory(next)) {
                PostgresPrograms.delete(next);
            }
            command.run(
                    programs.resolve("bin/initdb"),
                    List.of(
                            "--pgdata=" + next,
                            "--username=" + USER,
                            "--pwfile=" + home.resolve("password"),
                            "--auth=scram-sha-256",
                            "--encoding=UTF8",
                            "--locale=C",
                            "--no-instructions"));
            Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
        }
        int port = port(home);
        Path log = home.resolve("log");
        try {
            command.run(
                    programs.resolve("bin/pg_ctl"),
                    List.of(
                            "start",
                            "--pgdata=" + data,
                            "--log=" + log,
                            "--wait",
                            "--timeout=60",
                            "--options=-c listen_addresses=%s -c port=%d -c unix_socket_directories='' -c fsync=on"
                                    .formatted(LOOPBACK, port)));
        } catch (IOException e) {
            throw new IOException("%s; the end of %s:%n%s".formatted(e.getMessage(), log, tail(log)), e);
        }
        LOG.infof("the embedded PostgreSQL listens on %s:%d, with its data in %s", LOOPBACK, port, data);
    }

    /** Whether its process lives. */
    boolean isRunning() throws IOException {
        return running(data).isPresent();
    }

    /** Ends it, and lets go of the directory. */
    @Override
    public void close() throws IOException {
        try (lockFile) {
            if (lock.isValid() && running(data).isPresent()) {
                stop("fast");
            }
        }
    }

    /** Lets go of the directory without ending the server. */
    void release() throws IOException {
        lockFile.close();
    }

    private void stop(String mode) throws IOException {
        command.run(
                programs.resolve("bin/pg_ctl"),
                List.of("stop", "--pgdata=" + data, "--mode=" + mode, "--wait", "--timeout=60"));
    }

    private static Path home(Path directory) throws IOException {
        Path home = directory.toAbsolutePath().normalize().resolve("postgres");
        Files.createDirectories(home.resolveSibling("."));
        if (!Files.isDirectory(home)) {
            Files.createDirectories(
                    home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        return home.toRealPath();
    }

    private static Path data(Path home) {
        return home.resolve("data");
    }

    /** The process whose data these are; none when it is dead, or when its number belongs to another by now. */
    private static OptionalLong running(Path data) throws IOException {
        List<String> lines = pidFile(data);
        if (lines.isEmpty() || lines.getFirst().isBlank()) {
            return OptionalLong.empty();
        }
        long pid = Long.parseLong(lines.getFirst().strip());
        try {
            Path works = Path.of("/proc", String.valueOf(pid), "cwd").toRealPath();
            return works.equals(data) ? OptionalLong.of(pid) : OptionalLong.empty();
        } catch (IOException _) {
            return OptionalLong.empty();
        }
    }

    private static boolean isReady(Path data) throws IOException {
        List<String> lines = pidFile(data);
        return lines.size() >= 8 && lines.get(7).strip().equals("ready");
    }

    private static List<String> pidFile(Path data) throws IOException {
        try {
            return Files.readAllLines(data.resolve("postmaster.pid"), StandardCharsets.UTF_8);
        } catch (NoSuchFileException _) {
            return List.of();
        }
    }

    /** The port it has, or had and can have again, or a new one. */
    private static int port(Path home) throws IOException {
        Path file = home.resolve("port");
        int known = 0;
        try {
            known = Integer.parseInt(Files.readString(file).strip());
        } catch (NoSuchFileException | NumberFormatException _) {
            known = 0;
        }
        Path data = data(home);
        if (running(data).isPresent()) {
            List<String> lines = pidFile(data);
            return lines.size() >= 4 ? Integer.parseInt(lines.get(3).strip()) : known;
        }
        if (known > 0 && isFree(known)) {
            return known;
        }
        int chosen;
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
            chosen = any.getLocalPort();
        }
        writeOwn(file, chosen + "\n");
        return chosen;
    }

    private static boolean isFree(int port) throws IOException {
        try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getByName(LOOPBACK))) {
            return true;
        } catch (java.net.BindException _) {
            return false;
        }
    }

    private static String password(Path home) throws IOException {
        Path file = home.resolve("password");
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException _) {
            byte[] random = new byte[32];
            new SecureRandom().nextBytes(random);
            String password = HexFormat.of().formatHex(random);
            writeOwn(file, password + "\n");
            return password;
        }
    }

    private static void writeOwn(Path file, String text) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.deleteIfExists(next);
        try (FileChannel channel = FileChannel.open(
                next,
                EnumSet.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            channel.write(StandardCharsets.UTF_8.encode(text));
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String tail(Path log) throws IOException {
        List<String> lines = Files.exists(log) ? Files.readAllLines(log, StandardCharsets.UTF_8) : List.of();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
    }
}
