package dev.signalbox.provider.bedrock;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests to AWS.
 *
 * @param region where the service is
 * @param service its name for signatures, such as {@code bedrock}
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html">Signature
 *     Version 4</a>
 */
record SigV4(String region, String service) {

    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Pattern SPACES = Pattern.compile(" +");
    private static final HexFormat HEX = HexFormat.of();
    private static final HexFormat PERCENT = HexFormat.of().withUpperCase();

    /**
     * The headers that sign a request: {@code authorization}, {@code x-amz-date} and, when there is one, the session's token.
     *
     * @param path as it stands in the request, percent-encoded where that is needed
     * @param query the parameters, each percent-encoded, sorted and joined by {@code &}; empty when there are none
     * @param headers that are signed too, {@code host} among them, with names in lower case
     */
    Map<String, String> sign(
            String method,
            String path,
            String query,
            Map<String, String> headers,
            byte[] body,
            AwsCredentials credentials,
            Instant now) {
        String time = TIME.format(now);
        SortedMap<String, String> added = new TreeMap<>();
        added.put("x-amz-date", time);
        if (credentials.sessionToken() != null) {
            added.put("x-amz-security-token", credentials.sessionToken());
        }
        SortedMap<String, String> signed = new TreeMap<>(headers);
        signed.putAll(added);
        StringBuilder canonical = new StringBuilder()
                .append(method)
                .append('\n')
                .append(encoded(path, true))
                .append('\n')
                .append(query)
                .append('\n');
        signed.forEach((name, value) -> canonical
                .append(name)
                .append(':')
                .append(SPACES.matcher(value.strip()).replaceAll(" "))
                .append('\n'));
        String names = String.join(";", signed.keySet());
        canonical.append('\n').append(names).append('\n').append(HEX.formatHex(sha256(body)));
        String day = time.substring(0, 8);
        String scope = day + '/' + region + '/' + service + "/aws4_request";
        String toSign =
                ALGORITHM + '\n' + time + '\n' + scope + '\n' + HEX.formatHex(sha256(utf8(canonical.toString())));
        byte[] key = utf8("AWS4" + credentials.secretAccessKey());
        for (String step : new String[] {day, region, service, "aws4_request"}) {
            key = hmac(key, step);
        }
        added.put(
                "authorization",
                ALGORITHM + " Credential=" + credentials.accessKeyId() + '/' + scope + ", SignedHeaders=" + names
                        + ", Signature=" + HEX.formatHex(hmac(key, toSign)));
        return added;
    }

    /** The text with everything but letters, digits and {@code -._~} percent-encoded. */
    static String encoded(String text) {
        return encoded(text, false);
    }

    private static String encoded(String text, boolean path) {
        StringBuilder encoded = new StringBuilder(text.length() + 16);
        for (byte b : utf8(text)) {
            boolean plain = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9');
            if (plain || b == '-' || b == '.' || b == '_' || b == '~' || (path && b == '/')) {
                encoded.append((char) b);
            } else {
                encoded.append('%');
                PERCENT.toHexDigits(encoded, b);
            }
        }
        return encoded.toString();
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(utf8(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
