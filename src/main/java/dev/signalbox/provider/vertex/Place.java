package dev.signalbox.provider.vertex;

import dev.signalbox.catalogue.InvalidConfig;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where models of one location are.
 *
 * @param address with the version, without a slash at the end
 * @param location such as {@code europe-west1}
 * @see <a href="https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations">Locations</a>
 */
record Place(String address, String location) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]+");
    private static final Pattern HAS_VERSION = Pattern.compile(".*/v\\d+[a-z0-9]*");
    private static final Set<String> CONTINENTS = Set.of("us", "eu");

    /**
     * @param at the key of the provider that it is for
     * @param baseUrl in place of the location's own host; empty: that one
     * @param version of the API; null: the usual one
     */
    static Place of(String at, String baseUrl, String location, @Nullable String version) {
        if (!NAME.matcher(location).matches()) {
            throw new InvalidConfig(at + ".location", "must be like europe-west1 or global");
        }
        String host = baseUrl.isEmpty() ? host(location) : baseUrl;
        boolean whole = HAS_VERSION.matcher(host).matches();
        return new Place(whole ? host : host + "/" + (version == null ? "v1" : version), location);
    }

    private static String host(String location) {
        if (location.equals("global")) {
            return "https://aiplatform.googleapis.com";
        }
        return CONTINENTS.contains(location)
                ? "https://aiplatform." + location + ".rep.googleapis.com"
                : "https://" + location + "-aiplatform.googleapis.com";
    }

    /**
     * A method of a model.
     *
     * @param project who pays; null when an API key says so
     * @param resource as {@link #resource} gives it
     */
    URI method(@Nullable String project, String resource, String method) {
        String below = project == null ? "" : "/projects/" + encoded(project) + "/locations/" + location;
        return URI.create(address + below + "/" + resource + ":" + method);
    }

    /**
     * The resource that a model's name stands for: Google's own, another publisher's as {@code publisher/model}, or a deployed
     * one as {@code endpoints/id}; null for a name that would lead elsewhere, since callers may name upstream models.
     */
    static @Nullable String resource(String model) {
        String[] parts = model.split("/", -1);
        if (Arrays.stream(parts).anyMatch(p -> p.isEmpty() || p.equals(".") || p.equals(".."))) {
            return null;
        }
        String[] full = switch (parts.length) {
            case 1 -> new String[] {"publishers", "google", "models", parts[0]};
            case 2 ->
                switch (parts[0]) {
                    case "endpoints" -> parts;
                    case "models" -> new String[] {"publishers", "google", "models", parts[1]};
                    default -> new String[] {"publishers", parts[0], "models", parts[1]};
                };
            default ->
                parts.length == 4 && parts[0].equals("publishers") && parts[2].equals("models") ? parts : new String[0];
        };
        return full.length == 0 ? null : Arrays.stream(full).map(Place::encoded).collect(Collectors.joining("/"));
    }

    private static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%40", "@")
                .replace("%3A", ":");
    }
}
