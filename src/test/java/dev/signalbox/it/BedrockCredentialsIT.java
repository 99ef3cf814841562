package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.FakeVendor.Received;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where the credentials for Bedrock come from, and that none that lie around enable it. */
@Timeout(120)
class BedrockCredentialsIT {

    private static final String ROLE = "arn:aws:iam::123456789012:role/gateway";

    @TempDir
    Path directory;

    private static Gateway gateway(FakeVendor bedrock) {
        return Gateway.bare()
                .and("signalbox.providers.aws.kind", "bedrock")
                .and("signalbox.providers.aws.base-url", bedrock.root())
                .and("signalbox.providers.aws.max-retries", "0")
                .environment("AWS_REGION", "us-west-2");
    }

    private static void assertAnswers(Gateway gateway) {
        Response answer = gateway.ask("aws/amazon.nova-lite-v1:0");
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
    }

    private static void assertSigned(Received request, String id, String secret, String token) {
        AwsSignature signature = AwsSignature.of(request);
        assertThat(signature.accessKeyId()).isEqualTo(id);
        assertThat(signature.region()).isEqualTo("us-west-2");
        assertThat(request.header("x-amz-security-token")).isEqualTo(token);
        assertThat(signature.signature()).isEqualTo(signature.expected(request, secret));
    }

    private static Answer lends(String id, Instant expires) {
        return (_, wire) -> wire.answer(200, """
                <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
                  <AssumeRoleWithWebIdentityResult><Credentials>
                    <AccessKeyId>%s</AccessKeyId><SecretAccessKey>lent/secret+</SecretAccessKey>
                    <SessionToken>lent==token</SessionToken><Expiration>%s</Expiration>
                  </Credentials></AssumeRoleWithWebIdentityResult>
                </AssumeRoleWithWebIdentityResponse>""".formatted(id, expires), "content-type", "text/xml");
    }

    @Test
    void aRoleIsAssumedOnceForAWebIdentityAndAgainBeforeItEnds() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "web.identity.token\n");
        try (var bedrock = new FakeVendor().answers(BedrockAnswers.hello());
                var sts = new FakeVendor()
                        .answers(
                                (_, wire) -> wire.answer(500, "not now"),
                                lends("ASIAFIRST", Instant.now().plusSeconds(60)),
                                lends("ASIASECOND", Instant.now().plusSeconds(3600)));
                var gateway = gateway(bedrock)
                        .environment("AWS_WEB_IDENTITY_TOKEN_FILE", token.toString())
                        .environment("AWS_ROLE_ARN", ROLE)
                        .environment("AWS_ENDPOINT_URL_STS", sts.root())) {
            gateway.start();

            var waiting = List.of(
                    CompletableFuture.runAsync(() -> assertAnswers(gateway)),
                    CompletableFuture.runAsync(() -> assertAnswers(gateway)),
                    CompletableFuture.runAsync(() -> assertAnswers(gateway)));
            waiting.forEach(CompletableFuture::join);

            Received asked = sts.received().get(1);
            String form = URLDecoder.decode(asked.body(), StandardCharsets.UTF_8);
            assertThat(asked.method()).isEqualTo("POST");
            assertThat(form)
                    .contains(
                            "Action=AssumeRoleWithWebIdentity",
                            "Version=2011-06-15",
                            "RoleArn=" + ROLE,
                            "RoleSessionName=signalbox",
                            "WebIdentityToken=web.identity.token");
            assertSigned(bedrock.received().getFirst(), "ASIAFIRST", "lent/secret+", "lent==token");
            Await.until("the role is assumed again", java.time.Duration.ofSeconds(10), () -> {
                assertAnswers(gateway);
                return AwsSignature.of(bedrock.received().getLast())
                        .accessKeyId()
                        .equals("ASIASECOND");
            });
            assertThat(sts.received()).hasSize(3);
            assertThat(gateway.log()).doesNotContain("web.identity.token", "lent/secret+", "lent==token");
        }
    }

    @Test
    void aContainersAgentLendsThem() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "pod-token");
        try (var bedrock = new FakeVendor().answers(BedrockAnswers.hello());
                var agent = new FakeVendor()
                        .answers((_, wire) ->
                                wire.answer(200, """
                        {"AccessKeyId":"ASIAPOD","SecretAccessKey":"pod-secret","Token":"pod-session","AccountId":"1",\
                        "Expiration":"%s"}""".formatted(Instant.now().plusSeconds(3600))));
                var gateway = gateway(bedrock)
                        .environment("AWS_CONTAINER_CREDENTIALS_FULL_URI", agent.root() + "/v1/credentials")
                        .environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token.toString())) {
            gateway.start();

            assertAnswers(gateway);
            assertAnswers(gateway);

            assertThat(agent.only().path()).isEqualTo("/v1/credentials");
            assertThat(agent.only().method()).isEqualTo("GET");
            assertThat(agent.only().header("authorization")).isEqualTo("pod-token");
            assertSigned(bedrock.received().getLast(), "ASIAPOD", "pod-secret", "pod-session");
        }
    }

    @Test
    void aSharedFileHoldsThemByProfile() throws IOException {
        Path file = Files.writeString(directory.resolve("credentials"), """
                [default]
                aws_access_key_id = AKIDOTHER
                aws_secret_access_key = other
                [team]
                # ours
                aws_access_key_id = AKIDTEAM
                aws_secret_access_key = team/secret==
                """);
        try (var bedrock = new FakeVendor().answers(BedrockAnswers.hello());
                var gateway = gateway(bedrock)
                        .and("signalbox.providers.aws.credentials", file.toString())
                        .environment("AWS_PROFILE", "team")
                        .environment("AWS_BEARER_TOKEN_BEDROCK", "not-for-this-provider")) {
            gateway.start();

            assertAnswers(gateway);

            assertSigned(bedrock.only(), "AKIDTEAM", "team/secret==", null);
        }
    }

    @Test
    void aRefusalOfTheTokenServiceIsOursAndNotTheCallers() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "expired");
        try (var bedrock = new FakeVendor();
                var sts = new FakeVendor()
                        .answers((_, wire) -> wire.answer(400, "<ErrorResponse/>", "content-type", "text/xml"));
                var gateway = gateway(bedrock)
                        .environment("AWS_WEB_IDENTITY_TOKEN_FILE", token.toString())
                        .environment("AWS_ROLE_ARN", ROLE)
                        .environment("AWS_ENDPOINT_URL_STS", sts.root())) {
            gateway.start();

            Response answer = gateway.ask("aws/amazon.nova-lite-v1:0");

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.asString()).contains("all_providers_exhausted", "credential_rejected");
            assertThat(sts.received()).hasSize(1);
            assertThat(bedrock.received()).isEmpty();
        }
    }

    @Test
    void aKeyOfBedrocksOwnAndARegionEnableIt() {
        try (var gateway = Gateway.bare()
                .environment("AWS_BEARER_TOKEN_BEDROCK", "bedrock-api-key-canary")
                .environment("AWS_REGION", "eu-central-1")) {
            gateway.start();

            assertThat(gateway.request().get("/q/health/ready").asString())
                    .contains("bedrock")
                    .doesNotContain("simulator");
            assertThat(gateway.log()).doesNotContain("bedrock-api-key-canary");
        }
    }

    @Test
    void credentialsThatLieAroundEnableNothing() {
        try (var gateway = Gateway.bare()
                .environment("AWS_ACCESS_KEY_ID", "AKID")
                .environment("AWS_SECRET_ACCESS_KEY", "secret")
                .environment("AWS_REGION", "eu-central-1")) {
            gateway.start();

            assertThat(gateway.request().get("/q/health/ready").asString())
                    .contains("simulator")
                    .doesNotContain("bedrock");
        }
    }

    @Test
    void withoutARegionItDoesNotStart() {
        try (var gateway = Gateway.bare().and("signalbox.providers.aws.kind", "bedrock")) {
            gateway.expectStartFailure("signalbox.providers.aws.region", "AWS_REGION");
        }
    }
}
