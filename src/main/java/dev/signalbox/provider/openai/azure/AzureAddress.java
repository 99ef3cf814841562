package dev.signalbox.provider.openai.azure;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Where a resource is asked: by the deployment's name in the path and the API's version behind it, or, when the address ends
 * in {@code /openai/v1}, as OpenAI itself is, with the deployment's name in the body.
 *
 * @param root what all its addresses begin with
 * @param version the version of the API; null for {@code /openai/v1}
 */
record AzureAddress(String root, @Nullable String version) {

    /** The latest version that is not a preview. */
    private static final String USUAL_VERSION = "2024-10-21";

    private static final String LIKE_OPENAI = "/openai/v1";
    private static final String OPENAI = "/openai";

    static AzureAddress of(String baseUrl, @Nullable String version) {
        if (baseUrl.endsWith(LIKE_OPENAI)) {
            return new AzureAddress(baseUrl, null);
        }
        String resource = baseUrl.endsWith(OPENAI) ? baseUrl.substring(0, baseUrl.length() - OPENAI.length()) : baseUrl;
        return new AzureAddress(resource + OPENAI, version == null ? USUAL_VERSION : version);
    }

    /** The address of an endpoint such as {@code /chat/completions}. */
    URI at(String endpoint, String deployment) {
        String asked = version;
        return URI.create(
                asked == null
                        ? root + endpoint
                        : root + "/deployments/" + encoded(deployment) + endpoint + "?api-version=" + encoded(asked));
    }

    /** Where the resource tells which models it may have. */
    URI models() {
        String asked = version;
        return URI.create(root + "/models" + (asked == null ? "" : "?api-version=" + encoded(asked)));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
