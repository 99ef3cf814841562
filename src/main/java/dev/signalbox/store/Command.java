package dev.signalbox.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs PostgreSQL's programs as someone who is not root, which PostgreSQL refuses. */
final class Command {

    private static final long LONGEST_SECONDS = 120;
    private static final String NOBODY = "65534";

    private final List<String> prefix;
    private final boolean isOther;

    private Command(List<String> prefix, boolean isOther) {
        this.prefix = prefix;
        this.isOther = isOther;
    }

    /** How it can be done here: as ourselves, in a user namespace of its own, or as nobody. */
    static Command unprivileged() throws IOException {
        if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
            return new Command(List.of(), false);
        }
        List<String> namespace = List.of("unshare", "--user");
        if (works(namespace)) {
            return new Command(namespace, false);
        }
        List<String> nobody = List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
        if (works(nobody)) {
            return new Command(nobody, true);
        }
        throw new IOException("PostgreSQL does not run as root, and neither unshare nor setpriv can give it another"
                + " user here; start the gateway as another user, or set " + DatasourceSettings.KIND
                + " to postgres or none");
    }

    /** As nobody, whatever else there is. */
    static Command nobody() {
        return new Command(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"), true);
    }

    /** Makes that directory one that the programs can use. */
    void own(Path directory) throws IOException {
        if (!isOther) {
            return;
        }
        run(List.of("chown", "-R", NOBODY + ":" + NOBODY, directory.toString()));
        List<String> look = new ArrayList<>(prefix);
        look.addAll(List.of("ls", directory.toString()));
        if (!succeeds(look)) {
            throw new IOException("PostgreSQL does not run as root, and the user nobody cannot reach " + directory
                    + "; set " + DatasourceSettings.DIRECTORY + " to a directory that all may pass");
        }
    }

    /** Runs a program to its end; fails with what it said. */
    void run(Path program, List<String> arguments) throws IOException {
        List<String> line = new ArrayList<>(prefix);
        line.add(program.toString());
        line.addAll(arguments);
        run(line);
    }

    private static boolean works(List<String> prefix) {
        List<String> line = new ArrayList<>(prefix);
        line.add("true");
        return succeeds(line);
    }

    private static boolean succeeds(List<String> line) {
        try {
            run(line);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private static void run(List<String> line) throws IOException {
        Path said = Files.createTempFile("signalbox", ".out");
        try {
            Process process = new ProcessBuilder(line)
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(said.toFile())
                    .start();
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(line + " did not end in " + LONGEST_SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException("%s ended with %d: %s"
                        .formatted(
                                line,
                                process.exitValue(),
                                Files.readString(said, StandardCharsets.UTF_8).strip()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + line, e);
        } finally {
            Files.deleteIfExists(said);
        }
    }
}
