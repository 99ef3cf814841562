package dev.signalbox.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What Redis does as one step, in Lua. Redis knows it by its digest once it has seen it.
 *
 * @param text the program
 * @param sha1 its digest, in hexadecimal digits
 * @see <a href="https://redis.io/docs/latest/develop/interact/programmability/eval-intro/">Scripting with Lua</a>
 */
public record Script(String text, String sha1) {

    /** A program of that text. */
    public static Script of(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(UTF_8));
            return new Script(text, HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The program in the files of those names beside this class, one after the other, without their {@code .lua}. */
    public static Script named(String... names) {
        var text = new StringBuilder();
        for (String name : names) {
            text.append(text(name)).append('\n');
        }
        return of(text.toString());
    }

    private static String text(String name) {
        try (InputStream in = Script.class.getResourceAsStream("/dev/signalbox/cluster/" + name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("no script " + name);
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
