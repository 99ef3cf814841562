package dev.signalbox.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.it.FakeVendor.Received;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Checks a request as AWS does: from what came over the wire and the secret of the key that it names. */
record AwsSignature(String accessKeyId, String region, String service, List<String> signedHeaders, String signature) {

    private static final Pattern AUTHORIZATION =
            Pattern.compile("AWS4-HMAC-SHA256 Credential=([^/]+)/(\\d{8})/([^/]+)/([^/]+)/aws4_request, "
                    + "SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})");

    /** The signature of a request; fails when it has none. */
    static AwsSignature of(Received request) {
        Matcher authorization = AUTHORIZATION.matcher(String.valueOf(request.header("authorization")));
        if (!authorization.matches()) {
            throw new AssertionError("no signature: " + request.header("authorization"));
        }
        return new AwsSignature(
                authorization.group(1),
                authorization.group(3),
                authorization.group(4),
                List.of(authorization.group(5).split(";")),
                authorization.group(6));
    }

    /** The signature that the request ought to have. */
    String expected(Received request, String secret) {
        try {
            String time = request.header("x-amz-date");
            String day = time.substring(0, 8);
            var lines = new ArrayList<String>();
            lines.add(request.method());
            lines.add(path(request.path()));
            lines.add("");
            for (String name : signedHeaders) {
                lines.add(name + ":" + request.header(name).strip());
            }
            lines.add("");
            lines.add(String.join(";", signedHeaders));
            lines.add(sha256(request.body()));
            String scope = String.join("/", day, region, service, "aws4_request");
            String toSign = String.join("\n", "AWS4-HMAC-SHA256", time, scope, sha256(String.join("\n", lines)));
            byte[] key = ("AWS4" + secret).getBytes(UTF_8);
            for (String step : scope.split("/")) {
                key = hmac(key, step);
            }
            return HexFormat.of().formatHex(hmac(key, toSign));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String path(String raw) {
        var encoded = new StringBuilder();
        for (char c : raw.toCharArray()) {
            boolean plain = Character.isLetterOrDigit(c) || "/-._~".indexOf(c) >= 0;
            encoded.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
        }
        return encoded.toString();
    }

    private static String sha256(String text) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(UTF_8));
    }
}
