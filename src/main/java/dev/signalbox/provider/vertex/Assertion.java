package dev.signalbox.provider.vertex;

import dev.signalbox.chat.Json;
import dev.signalbox.provider.vertex.Account.ServiceAccount;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;

/**
 * What a service account signs to get a token: a JSON Web Token (RFC 7519), RS256.
 *
 * @see <a href="https://developers.google.com/identity/protocols/oauth2/service-account#httprest">Using OAuth 2.0 for server
 *     to server applications</a>
 */
final class Assertion {

    private static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";
    private static final long LIFETIME_SECONDS = 3_600;

    private Assertion() {}

    /** A new one, good for an hour. */
    static String of(ServiceAccount account, Instant now) {
        var header = Json.object().put("alg", "RS256").put("typ", "JWT");
        if (account.keyId() != null) {
            header.put("kid", account.keyId());
        }
        var claims = Json.object()
                .put("iss", account.email())
                .put("scope", SCOPE)
                .put("aud", account.tokens().toString())
                .put("iat", now.getEpochSecond())
                .put("exp", now.getEpochSecond() + LIFETIME_SECONDS);
        String said = base64(Json.bytes(header)) + '.' + base64(Json.bytes(claims));
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(account.key());
            signature.update(said.getBytes(StandardCharsets.US_ASCII));
            return said + '.' + base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key that was read cannot sign", e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
