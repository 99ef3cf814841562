package dev.signalbox.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ways in which AWS's own tools write credentials. */
class CredentialFilesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"AccessKeyId\":\"AKID\",\"SecretAccessKey\":\"s/=\",\"Token\":\"t\",\"Expiration\":\"2026-01-01T00:00:00Z\"}",
                "{\"accessKeyId\":\"AKID\",\"secretAccessKey\":\"s/=\",\"sessionToken\":\"t\",\"expiration\":\"2026-01-01T00:00:00Z\"}",
                "{\"Credentials\":{\"AccessKeyId\":\"AKID\",\"SecretAccessKey\":\"s/=\",\"SessionToken\":\"t\","
                        + "\"Expiration\":\"2026-01-01T00:00:00Z\"}}",
                "{\"aws_access_key_id\":\"AKID\",\"aws_secret_access_key\":\"s/=\",\"aws_session_token\":\"t\","
                        + "\"expiration\":\"2026-01-01T00:00:00Z\"}",
            })
    void jsonIsRead(String json) {
        assertThat(CredentialFiles.read(json, "default"))
                .isEqualTo(new AwsCredentials("AKID", "s/=", "t", Instant.parse("2026-01-01T00:00:00Z")));
    }

    @Test
    void sharedFilesAreReadByProfile() {
        String file = """
                ; shared
                [default]
                aws_access_key_id=AKID1
                aws_secret_access_key = one
                [profile team]
                # ours
                aws_access_key_id = AKID2
                aws_secret_access_key = two==
                aws_session_token = t=
                region = eu-central-1
                """;

        assertThat(CredentialFiles.read(file, "default")).isEqualTo(new AwsCredentials("AKID1", "one", null, null));
        assertThat(CredentialFiles.read(file, "team")).isEqualTo(new AwsCredentials("AKID2", "two==", "t=", null));
        assertThat(CredentialFiles.read(file, "nobody")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{}",
                "{\"AccessKeyId\":\"a\"}",
                "[default]",
                "[",
                "aws_access_key_id = a",
                "=",
                "[]\n=\na=b"
            })
    void whatHoldsNoneIsNone(String text) {
        assertThat(CredentialFiles.read(text, "default")).isNull();
    }
}
