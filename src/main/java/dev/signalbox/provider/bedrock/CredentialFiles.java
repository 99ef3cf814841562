package dev.signalbox.provider.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Json;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads credentials as JSON, or from a file that several profiles share.
 *
 * @see <a href="https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html">Shared credentials files</a>
 */
final class CredentialFiles {

    private CredentialFiles() {}

    /** What the text holds; null when it holds no credentials. */
    static @Nullable AwsCredentials read(String text, String profile) {
        String stripped = text.strip();
        return stripped.startsWith("{") ? json(stripped) : shared(stripped, profile);
    }

    /** {@code AccessKeyId} and the like, in any of the spellings that AWS has for them. */
    static @Nullable AwsCredentials json(String text) {
        JsonNode root;
        try {
            root = Json.read(text);
        } catch (IOException e) {
            return null;
        }
        Map<String, String> values = new HashMap<>();
        JsonNode inner = root.path("Credentials").isObject() ? root.path("Credentials") : root;
        inner.properties().forEach(member -> {
            String value = member.getValue().textValue();
            if (value != null) {
                values.put(plain(member.getKey()), value);
            }
        });
        return credentials(values);
    }

    private static @Nullable AwsCredentials shared(String text, String profile) {
        Map<String, String> values = new HashMap<>();
        boolean mine = false;
        for (String line : text.lines().map(String::strip).toList()) {
            if (line.startsWith("[")) {
                String name = line.substring(1, Math.max(1, line.indexOf(']'))).strip();
                mine = name.equals(profile) || name.equals("profile " + profile);
            } else if (mine && !line.startsWith("#") && !line.startsWith(";") && line.indexOf('=') > 0) {
                int equals = line.indexOf('=');
                values.put(
                        plain(line.substring(0, equals)),
                        line.substring(equals + 1).strip());
            }
        }
        return credentials(values);
    }

    private static String plain(String name) {
        String plain = name.strip().toLowerCase(Locale.ROOT).replace("_", "");
        return plain.startsWith("aws") ? plain.substring("aws".length()) : plain;
    }

    private static @Nullable AwsCredentials credentials(Map<String, String> values) {
        String id = values.get("accesskeyid");
        String secret = values.get("secretaccesskey");
        if (id == null || secret == null || id.isEmpty() || secret.isEmpty()) {
            return null;
        }
        String token = values.getOrDefault("sessiontoken", values.get("token"));
        return new AwsCredentials(id, secret, token == null || token.isEmpty() ? null : token, time(values));
    }

    private static @Nullable Instant time(Map<String, String> values) {
        String expiration = values.get("expiration");
        try {
            return expiration == null ? null : Instant.parse(expiration);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
