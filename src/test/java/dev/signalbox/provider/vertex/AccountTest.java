package dev.signalbox.provider.vertex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.catalogue.InvalidConfig;
import dev.signalbox.chat.Json;
import dev.signalbox.provider.vertex.Account.ServiceAccount;
import dev.signalbox.provider.vertex.Account.User;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of credentials, and what is signed with them. */
class AccountTest {

    private static final KeyPair PAIR = pair();

    private static KeyPair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String serviceAccount() {
        String pem = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(PAIR.getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
        return Json.text(Json.object()
                .put("type", "service_account")
                .put("project_id", "my-project")
                .put("private_key_id", "k1")
                .put("private_key", pem)
                .put("client_email", "me@my-project.iam.gserviceaccount.com")
                .put("token_uri", "https://oauth2.example/token"));
    }

    @Test
    void aServiceAccountSignsAsGoogleWantsIt() throws GeneralSecurityException, IOException {
        var account = (ServiceAccount) Account.read("key", serviceAccount());

        String[] parts = Assertion.of(account, Instant.ofEpochSecond(1_000)).split("\\.");

        assertThat(parts).hasSize(3).noneMatch(part -> part.contains("="));
        Base64.Decoder decoder = Base64.getUrlDecoder();
        JsonNode header = Json.read(decoder.decode(parts[0]));
        JsonNode claims = Json.read(decoder.decode(parts[1]));
        assertThat(header).isEqualTo(Json.read("""
                {"alg":"RS256","typ":"JWT","kid":"k1"}"""));
        assertThat(claims).isEqualTo(Json.read("""
                {"iss":"me@my-project.iam.gserviceaccount.com","scope":"https://www.googleapis.com/auth/cloud-platform",\
                "aud":"https://oauth2.example/token","iat":1000,"exp":4600}"""));
        Signature verifier = Signature.getInstance("SHA256withRSA");
        verifier.initVerify(PAIR.getPublic());
        verifier.update((parts[0] + '.' + parts[1]).getBytes(StandardCharsets.US_ASCII));
        assertThat(verifier.verify(decoder.decode(parts[2]))).isTrue();
        assertThat(account.project()).isEqualTo("my-project");
    }

    @Test
    void aUserIsRead() {
        var user = (User) Account.read("key", """
                {"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r","quota_project_id":"q"}""");

        assertThat(user.tokens()).isEqualTo(URI.create("https://oauth2.googleapis.com/token"));
        assertThat(user.project()).isEqualTo("q");
    }

    @Test
    void nothingSecretIsPrinted() {
        Account service = Account.read("key", serviceAccount());
        Account user = Account.read("key", """
                {"type":"authorized_user","client_id":"c","client_secret":"canary","refresh_token":"canary"}""");

        assertThat(service.toString() + user).doesNotContain("canary", "RSA", "modulus");
    }

    @Test
    void aFederatedIdentityIsRefusedByName() {
        assertThatThrownBy(() -> Account.read("signalbox.providers.v.credentials", """
                {"type":"external_account","audience":"a"}"""))
                .isInstanceOf(InvalidConfig.class)
                .hasMessageContaining("signalbox.providers.v.credentials")
                .hasMessageContaining("workload identity federation")
                .hasMessageContaining("not supported");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "canary",
                "[\"canary\"]",
                "{\"canary\":1}",
                "{\"type\":\"canary\"}",
                "{\"type\":\"service_account\",\"client_email\":\"canary\"}",
                "{\"type\":\"service_account\",\"client_email\":\"e\",\"private_key\":\"canary\"}",
                "{\"type\":\"authorized_user\",\"client_id\":\"canary\"}",
                "{\"type\":\"authorized_user\",\"client_id\":\"a\",\"client_secret\":\"b\",\"refresh_token\":\"c\","
                        + "\"token_uri\":\"canary canary\"}",
                "{\"type\":\"authorized_user\",\"client_id\":\"a\",\"client_secret\":\"b\",\"refresh_token\":\"c\","
                        + "\"token_uri\":\"file:///canary\"}",
            })
    void whatIsNoCredentialIsRefusedWithoutBeingRepeated(String file) {
        assertThatThrownBy(() -> Account.read("the.key", file))
                .isInstanceOf(InvalidConfig.class)
                .hasMessageContaining("the.key")
                .extracting(Throwable::getMessage, org.assertj.core.api.InstanceOfAssertFactories.STRING)
                .doesNotContain("canary");
    }
}
