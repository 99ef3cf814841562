package dev.signalbox.dialect;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Bytes that were something once. */
public final class Mangled {

    /** What JSON is most surprised by. */
    private static final List<String> SURPRISES = List.of(
            "null",
            "true",
            "-1",
            "1e400",
            "99999999999999999999",
            "0.5",
            "\"\"",
            "\"\\ud83d\"",
            "{}",
            "[]",
            "[[[[",
            "}",
            "\"",
            "\\",
            "\u0000",
            "\n\n",
            "{\"a\":1,\"a\":2}",
            "\"error\"",
            "\"type\":",
            "NaN",
            "1e99999999999");

    private Mangled() {}

    /** The bytes with a few places overwritten, cut out, or surprised. */
    public static Arbitrary<byte[]> of(byte[] whole) {
        Arbitrary<Integer> place = Arbitraries.integers().between(0, whole.length);
        Arbitrary<byte[]> patch = Arbitraries.oneOf(
                Arbitraries.bytes().array(byte[].class).ofMaxSize(4),
                Arbitraries.of(SURPRISES).map(text -> text.getBytes(StandardCharsets.UTF_8)));
        return Combinators.combine(place, place, patch).as((one, other, patched) -> {
            int from = Math.min(one, other);
            int to = Math.max(one, other);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(Arrays.copyOf(whole, from));
            out.writeBytes(patched);
            int rest = to - from > 40 ? from + (to - from) % 40 : to;
            out.write(whole, rest, whole.length - rest);
            return out.toByteArray();
        });
    }

    /** Bytes that never were anything. */
    public static Arbitrary<byte[]> noise() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
    }
}
