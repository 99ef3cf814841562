package dev.signalbox.provider.bedrock;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the cases of AWS's own test suite for Signature Version 4. */
class SigV4Test {

    private static final SigV4 SIGNING = new SigV4("us-east-1", "service");
    private static final Instant NOW = Instant.parse("2015-08-30T12:36:00Z");
    private static final AwsCredentials KEYS =
            new AwsCredentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null, null);
    private static final String SCOPE = "Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request";

    private static String signature(String authorization) {
        return authorization.substring(authorization.indexOf("Signature=") + "Signature=".length());
    }

    private static Map<String, String> signed(String method, String path, String query, String body, String... more) {
        var headers = new java.util.HashMap<>(Map.of("host", "example.amazonaws.com"));
        for (int i = 0; i < more.length; i += 2) {
            headers.put(more[i], more[i + 1]);
        }
        return SIGNING.sign(method, path, query, headers, body.getBytes(UTF_8), KEYS, NOW);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "get-vanilla|GET|/|''|5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
                "post-vanilla|POST|/|''|5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
                "get-utf8|GET|/ሴ|''|8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
                "get-space|GET|/example space/|''|652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
                "get-unreserved|GET|/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz|''"
                        + "|07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
                "get-vanilla-empty-query-key|GET|/|Param1=value1"
                        + "|a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb",
                "get-vanilla-query-order-key-case|GET|/|Param1=value1&Param2=value2"
                        + "|b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
                "post-vanilla-query|POST|/|Param1=value1"
                        + "|28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
                "get-vanilla-utf8-query|GET|/|%E1%88%B4=bar"
                        + "|2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
            })
    void requestsAreSignedAsInTheSuite(String name, String method, String path, String query, String signature) {
        String authorization = signed(method, path, query, "").get("authorization");

        assertThat(authorization)
                .as(name)
                .isEqualTo("AWS4-HMAC-SHA256 " + SCOPE + ", SignedHeaders=host;x-amz-date, Signature=" + signature);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "my-header1|value2,value2,value1|c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
                "my-header1|value4,value1,value3,value2|08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01",
                "my-header1|VALUE1|cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
                "my-header1|value1|c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
                "my-header1| value1 |c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
            })
    void headersAreSignedInTheirCanonicalForm(String name, String value, String signature) {
        boolean get = value.startsWith("value2") || value.startsWith("value4");

        assertThat(signature(
                        signed(get ? "GET" : "POST", "/", "", "", name, value).get("authorization")))
                .isEqualTo(signature);
    }

    @Test
    void spacesWithinAHeaderAreOne() {
        String authorization = signed("GET", "/", "", "", "my-header1", " value1", "my-header2", " \"a   b   c\"")
                .get("authorization");

        assertThat(authorization)
                .contains("SignedHeaders=host;my-header1;my-header2;x-amz-date")
                .endsWith("Signature=acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/x-www-form-urlencoded|ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
                "application/x-www-form-urlencoded; charset=utf8"
                        + "|1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe",
            })
    void theBodyIsSigned(String type, String signature) {
        assertThat(signature(signed("POST", "/", "", "Param1=value1", "content-type", type)
                        .get("authorization")))
                .isEqualTo(signature);
    }

    @Test
    void theTokenOfASessionIsSigned() {
        var lent = new AwsCredentials(
                KEYS.accessKeyId(),
                KEYS.secretAccessKey(),
                "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267",
                null);

        Map<String, String> headers =
                SIGNING.sign("GET", "/", "", Map.of("host", "example.amazonaws.com"), new byte[0], lent, NOW);

        assertThat(headers)
                .containsEntry("x-amz-date", "20150830T123600Z")
                .containsEntry(
                        "x-amz-security-token", "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267");
        assertThat(headers.get("authorization"))
                .contains("SignedHeaders=host;x-amz-date;x-amz-security-token")
                .endsWith("Signature=07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8");
    }

    @Test
    void nothingOfAModelsIdIsLeftToBeMisread() {
        assertThat(SigV4.encoded("arn:aws:bedrock:us-east-1:123:inference-profile/us.a.b-v1:0"))
                .isEqualTo("arn%3Aaws%3Abedrock%3Aus-east-1%3A123%3Ainference-profile%2Fus.a.b-v1%3A0");
    }

    @Test
    void secretsAreNotPrinted() {
        assertThat(KEYS.toString()).doesNotContain(KEYS.secretAccessKey());
    }
}
