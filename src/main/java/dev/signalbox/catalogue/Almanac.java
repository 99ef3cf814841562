package dev.signalbox.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The model catalogue that is built in: vendors' models with their windows, limits, capabilities and prices. It is data, made
 * by {@code catalogue/update}; what configuration says goes before it.
 *
 * @param source where it comes from
 * @param version the source's version
 * @param date the day of that version
 * @param vendors whose models it knows
 */
public record Almanac(String source, String version, String date, List<KnownVendor> vendors) {

    private static final String RESOURCE = "models.jsonl";
    private static final byte[] VENDOR = "{\"vendor\":".getBytes(StandardCharsets.UTF_8);

    public Almanac {
        vendors = List.copyOf(vendors);
    }

    /** Reads the headers; models are read when their vendor is first asked for one. */
    static Almanac read() {
        byte[] bytes = bytes();
        int at = end(bytes, 0);
        JsonNode header = json(bytes, 0, at);
        List<KnownVendor> vendors = new ArrayList<>();
        while (at < bytes.length) {
            int line = end(bytes, at);
            JsonNode vendor = json(bytes, at, line);
            int next = line;
            while (next < bytes.length && !begins(bytes, next)) {
                next = end(bytes, next);
            }
            vendors.add(new KnownVendor(vendor, models(line, next)));
            at = next;
        }
        vendors.forEach(vendor -> vendor.joinTo(vendors));
        return new Almanac(
                header.path("source").asText(),
                header.path("version").asText(),
                header.path("date").asText(),
                vendors);
    }

    /** The bytes are read again, so that those of vendors that nobody asks for are not kept. */
    private static Supplier<List<KnownModel>> models(int from, int to) {
        return () -> {
            byte[] bytes = bytes();
            List<KnownModel> models = new ArrayList<>();
            for (int at = from; at < to; at = end(bytes, at)) {
                models.add(KnownModel.of(json(bytes, at, end(bytes, at))));
            }
            return models;
        };
    }

    private static byte[] bytes() {
        try (@Nullable InputStream in = Almanac.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode json(byte[] bytes, int from, int to) {
        try {
            return Json.read(Arrays.copyOfRange(bytes, from, to));
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE + " is damaged", e);
        }
    }

    /** Where the next line begins. */
    private static int end(byte[] bytes, int from) {
        int at = from;
        while (at < bytes.length && bytes[at] != '\n') {
            at++;
        }
        return Math.min(at + 1, bytes.length);
    }

    private static boolean begins(byte[] bytes, int at) {
        int to = Math.min(bytes.length, at + VENDOR.length);
        return Arrays.equals(bytes, at, to, VENDOR, 0, VENDOR.length);
    }

    /** Whose models a provider has, by its address or else by its kind; null when nothing is known of them. */
    @Nullable KnownVendor vendor(ProviderEntry provider) {
        for (KnownVendor vendor : vendors) {
            if (!provider.baseUrl().isEmpty() && vendor.isAt(provider.baseUrl())) {
                return vendor;
            }
        }
        for (KnownVendor vendor : vendors) {
            if (vendor.isKind(provider.kind())) {
                return vendor;
            }
        }
        return null;
    }
}
