package dev.signalbox.store;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs, unpacked once from the jar that brings them. */
final class PostgresPrograms {

    private static final String PREFIX = "programs-";

    private PostgresPrograms() {}

    /** Where {@code bin}, {@code lib} and {@code share} are, below that directory. */
    static Path unpackInto(Path directory) throws IOException {
        String name = "postgres-linux-%s.txz".formatted(architecture());
        URL archive = Thread.currentThread().getContextClassLoader().getResource(name);
        if (archive == null) {
            throw new IOException("there is no embedded PostgreSQL for this machine; set %s to postgres or none"
                    .formatted(DatasourceSettings.KIND));
        }
        long size = archive.openConnection().getContentLengthLong();
        Path programs = directory.resolve(PREFIX + Long.toHexString(size));
        if (Files.isDirectory(programs)) {
            return programs;
        }
        Path next = Files.createTempDirectory(directory, "unpacking");
        try (InputStream file = archive.openStream();
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(file, 1 << 16)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry, next);
            }
        }
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(next, programs, StandardCopyOption.ATOMIC_MOVE);
        removeOthers(directory, programs);
        return programs;
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path root) throws IOException {
        Path target = root.resolve(entry.getName()).normalize();
        if (!target.startsWith(root)) {
            throw new IOException("the archive has an entry outside of itself: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.resolveSibling("."));
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, target);
            boolean isProgram = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(
                    target, PosixFilePermissions.fromString(isProgram ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }

    private static void removeOthers(Path directory, Path programs) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            List<Path> others = all.filter(path -> !path.equals(programs))
                    .filter(path -> {
                        String name = String.valueOf(path.getFileName());
                        return name.startsWith(PREFIX) || name.startsWith("unpacking");
                    })
                    .toList();
            for (Path other : others) {
                delete(other);
            }
        }
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static String architecture() {
        String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return switch (name) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            default -> name;
        };
    }
}
