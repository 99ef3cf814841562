package dev.signalbox.provider.vertex;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.catalogue.InvalidConfig;
import dev.signalbox.chat.Json;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Who this gateway is to Google Cloud.
 *
 * @see <a href="https://cloud.google.com/docs/authentication/application-default-credentials">Application Default
 *     Credentials</a>
 */
sealed interface Account {

    /** The project that it belongs to; null when it does not say. */
    default @Nullable String project() {
        return null;
    }

    /**
     * An account of a program, which signs for itself.
     *
     * @param keyId which of its keys this is; null when it does not say
     * @param tokens where its signatures are exchanged for tokens
     */
    record ServiceAccount(
            String email,
            @Nullable String keyId,
            PrivateKey key,
            URI tokens,
            @Nullable String project) implements Account {

        /** The address alone: keys must not be printed. */
        @Override
        public String toString() {
            return email;
        }
    }

    /**
     * A person who let this gateway act for them.
     *
     * @param quotaProject whose quota is used; null when it does not say
     */
    record User(
            String clientId,
            String clientSecret,
            String refreshToken,
            URI tokens,
            @Nullable String quotaProject) implements Account {

        @Override
        public @Nullable String project() {
            return quotaProject;
        }

        /** Nothing of it: secrets must not be printed. */
        @Override
        public String toString() {
            return "a user";
        }
    }

    /** Whoever the machine that the gateway runs on is. */
    record Machine(URI tokens) implements Account {}

    /**
     * Reads a file of credentials.
     *
     * @param key the configuration key that it came from
     * @throws InvalidConfig when it is none, or of a type that is not supported; nothing of it is in the message
     */
    static Account read(String key, String json) {
        JsonNode file;
        try {
            file = Json.read(json);
        } catch (JsonProcessingException e) {
            throw new InvalidConfig(key, "is not the JSON of Google credentials");
        }
        return switch (file.path("type").asText()) {
            case "service_account" ->
                new ServiceAccount(
                        required(key, file, "client_email"),
                        optional(file, "private_key_id"),
                        privateKey(key, required(key, file, "private_key")),
                        tokens(key, file),
                        optional(file, "project_id"));
            case "authorized_user" ->
                new User(
                        required(key, file, "client_id"),
                        required(key, file, "client_secret"),
                        required(key, file, "refresh_token"),
                        tokens(key, file),
                        optional(file, "quota_project_id"));
            case "external_account" ->
                throw new InvalidConfig(
                        key,
                        "holds an external account (workload identity federation), which is not supported;"
                                + " use a service account, or the metadata server");
            default ->
                throw new InvalidConfig(
                        key,
                        "holds credentials of a type that is not supported; use a service_account or authorized_user");
        };
    }

    private static String required(String key, JsonNode file, String field) {
        String value = optional(file, field);
        if (value == null) {
            throw new InvalidConfig(key, "holds credentials without " + field);
        }
        return value;
    }

    private static @Nullable String optional(JsonNode file, String field) {
        String value = file.path(field).asText("");
        return value.isBlank() ? null : value.trim();
    }

    private static URI tokens(String key, JsonNode file) {
        String given = optional(file, "token_uri");
        try {
            URI uri = URI.create(given == null ? "https://oauth2.googleapis.com/token" : given);
            if (uri.getHost() != null && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw new InvalidConfig(key, "holds credentials whose token_uri is not an address");
        }
        throw new InvalidConfig(key, "holds credentials whose token_uri is not an address");
    }

    private static PrivateKey privateKey(String key, String pem) {
        String base64 = pem.replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "");
        try {
            byte[] der = Base64.getMimeDecoder().decode(base64);
            return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new InvalidConfig(key, "holds a private_key that is no RSA key in PKCS #8");
        }
    }
}
