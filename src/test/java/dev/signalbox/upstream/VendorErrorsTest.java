package dev.signalbox.upstream;

import static dev.signalbox.upstream.UpstreamFailure.Kind.CONTENT_FILTERED;
import static dev.signalbox.upstream.UpstreamFailure.Kind.CONTEXT_TOO_LONG;
import static dev.signalbox.upstream.UpstreamFailure.Kind.CREDENTIAL_REJECTED;
import static dev.signalbox.upstream.UpstreamFailure.Kind.INVALID_REQUEST;
import static dev.signalbox.upstream.UpstreamFailure.Kind.MODEL_UNAVAILABLE;
import static dev.signalbox.upstream.UpstreamFailure.Kind.OVERLOADED;
import static dev.signalbox.upstream.UpstreamFailure.Kind.QUOTA_EXHAUSTED;
import static dev.signalbox.upstream.UpstreamFailure.Kind.RATE_LIMITED;
import static dev.signalbox.upstream.UpstreamFailure.Kind.SERVER_ERROR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.Dialect;
import dev.signalbox.dialect.anthropic.AnthropicDialect;
import dev.signalbox.dialect.bedrock.BedrockDialect;
import dev.signalbox.dialect.cohere.CohereDialect;
import dev.signalbox.dialect.gemini.GeminiDialect;
import dev.signalbox.dialect.ollama.OllamaDialect;
import dev.signalbox.dialect.openai.OpenAiDialect;
import dev.signalbox.upstream.UpstreamFailure.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What vendors really answer when something is wrong, and what it means. */
class VendorErrorsTest {

    private static final Clock NOON = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

    private static final Dialect OPENAI = new OpenAiDialect();
    private static final Dialect ANTHROPIC = new AnthropicDialect();
    private static final Dialect GEMINI = new GeminiDialect();
    private static final Dialect BEDROCK = new BedrockDialect();
    private static final Dialect COHERE = new CohereDialect();
    private static final Dialect OLLAMA = new OllamaDialect();

    private static Arguments says(Dialect in, int status, String body, Kind kind) {
        return says(in, status, body, kind, null);
    }

    private static Arguments says(Dialect in, int status, String body, Kind kind, @Nullable Long millis) {
        return Arguments.argumentSet(in.id() + " " + status + " " + body, in, status, body, kind, millis);
    }

    private static String openai(String message, String type, String code) {
        return "{\"error\":{\"message\":\"%s\",\"type\":\"%s\",\"param\":null,\"code\":\"%s\"}}"
                .formatted(message, type, code);
    }

    private static String google(int code, String status, String message, String details) {
        return "{\"error\":{\"code\":%d,\"message\":\"%s\",\"status\":\"%s\",\"details\":[%s]}}"
                .formatted(code, message, status, details);
    }

    private static String anthropic(String type, String message) {
        return "{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":\"%s\"}}".formatted(type, message);
    }

    private static String message(String message) {
        return "{\"message\":\"%s\"}".formatted(message);
    }

    static Stream<Arguments> limits() {
        return Stream.of(
                says(
                        OPENAI,
                        429,
                        openai(
                                "Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 2s. Visit https://platform.openai.com/account/rate-limits to learn more.",
                                "tokens",
                                "rate_limit_exceeded"),
                        RATE_LIMITED,
                        2_000L),
                says(
                        OPENAI,
                        429,
                        openai(
                                "Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 31000. The input or output tokens must be reduced in order to run successfully.",
                                "tokens",
                                "rate_limit_exceeded"),
                        CONTEXT_TOO_LONG),
                says(
                        OPENAI,
                        429,
                        openai(
                                "You exceeded your current quota, please check your plan and billing details.",
                                "insufficient_quota",
                                "insufficient_quota"),
                        QUOTA_EXHAUSTED),
                says(
                        OPENAI,
                        429,
                        openai(
                                "Rate limit reached for model `llama` on tokens per day (TPD): Limit 100000, Used 97050, Requested 3619. Please try again in 9m38.016s. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing",
                                "tokens",
                                "rate_limit_exceeded"),
                        RATE_LIMITED,
                        578_016L),
                says(
                        OPENAI,
                        413,
                        openai(
                                "Request too large for model `llama` on tokens per minute (TPM): Limit 12000, Requested 14137, please reduce your message size and try again. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing",
                                "tokens",
                                "rate_limit_exceeded"),
                        CONTEXT_TOO_LONG),
                says(
                        OPENAI,
                        429,
                        "{\"error\":{\"code\":\"429\",\"message\":\"Requests to the ChatCompletions_Create Operation have exceeded token rate limit of your current AIServices S0 pricing tier. Please retry after 45 seconds.\"}}",
                        RATE_LIMITED,
                        45_000L),
                says(
                        OPENAI,
                        429,
                        "{\"object\":\"error\",\"message\":\"Service tier capacity exceeded for this model.\",\"type\":\"service_tier_capacity_exceeded\",\"param\":null,\"code\":\"3505\"}",
                        RATE_LIMITED),
                says(
                        OPENAI,
                        429,
                        "{\"object\":\"error\",\"message\":\"Rate limit exceeded\",\"type\":\"rate_limited\",\"param\":null,\"code\":\"1300\",\"raw_status_code\":429}",
                        RATE_LIMITED),
                says(
                        OPENAI,
                        429,
                        "{\"error\":{\"message\":\"Rate limit exceeded: free-models-per-min.\",\"code\":429,\"metadata\":{\"headers\":{\"X-RateLimit-Limit\":\"20\",\"X-RateLimit-Remaining\":\"0\",\"X-RateLimit-Reset\":\"1772366430000\"},\"provider_name\":null}}}",
                        RATE_LIMITED,
                        30_000L),
                says(
                        OPENAI,
                        429,
                        "{\"error\":{\"message\":\"Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day\",\"code\":429}}",
                        QUOTA_EXHAUSTED),
                says(
                        OPENAI,
                        429,
                        "{\"code\":\"Some resource has been exhausted\",\"error\":\"Your team x has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit.\"}",
                        QUOTA_EXHAUSTED),
                says(
                        OPENAI,
                        403,
                        "{\"code\":\"permission-denied\",\"error\":\"Your team x has either used all available credits or reached its monthly spending limit.\"}",
                        QUOTA_EXHAUSTED),
                says(
                        OPENAI,
                        402,
                        openai("Insufficient Balance", "unknown_error", "invalid_request_error"),
                        QUOTA_EXHAUSTED),
                says(
                        OPENAI,
                        402,
                        "{\"error\":{\"message\":\"This request requires more credits, or fewer max_tokens.\",\"code\":402}}",
                        QUOTA_EXHAUSTED),
                says(
                        ANTHROPIC,
                        429,
                        anthropic(
                                "rate_limit_error",
                                "This request would exceed your account's rate limit. Please try again later."),
                        RATE_LIMITED),
                says(
                        ANTHROPIC,
                        400,
                        anthropic(
                                "invalid_request_error",
                                "You have reached your specified API usage limits. You will regain access on 2026-04-01 at 00:00 UTC."),
                        QUOTA_EXHAUSTED),
                says(
                        ANTHROPIC,
                        400,
                        anthropic(
                                "invalid_request_error",
                                "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."),
                        QUOTA_EXHAUSTED),
                says(ANTHROPIC, 529, anthropic("overloaded_error", "Overloaded"), OVERLOADED),
                says(
                        GEMINI,
                        429,
                        google(
                                429,
                                "RESOURCE_EXHAUSTED",
                                "You exceeded your current quota, please check your plan and billing details.",
                                "{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"34.074824224s\"}"),
                        RATE_LIMITED,
                        34_075L),
                says(
                        GEMINI,
                        429,
                        google(
                                429,
                                "RESOURCE_EXHAUSTED",
                                "You exceeded your current quota, please check your plan and billing details. Please retry in 7.5s.",
                                ""),
                        RATE_LIMITED,
                        7_500L),
                says(
                        GEMINI,
                        429,
                        google(
                                429,
                                "RESOURCE_EXHAUSTED",
                                "You exceeded your current quota, please check your plan and billing details.",
                                ""),
                        QUOTA_EXHAUSTED),
                says(
                        GEMINI,
                        429,
                        google(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).", ""),
                        RATE_LIMITED),
                says(
                        GEMINI,
                        503,
                        google(
                                503,
                                "UNAVAILABLE",
                                "No capacity available for model x on the server",
                                "{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"40s\"}"),
                        OVERLOADED,
                        40_000L),
                says(
                        BEDROCK,
                        429,
                        "{\"__type\":\"ThrottlingException\",\"message\":\"Too many tokens, please wait before trying again.\"}",
                        RATE_LIMITED),
                says(BEDROCK, 429, message("Too many requests, please wait before trying again."), RATE_LIMITED),
                says(
                        BEDROCK,
                        400,
                        "{\"__type\":\"ThrottlingException\",\"message\":\"Too many tokens, please wait before trying again.\"}",
                        RATE_LIMITED),
                says(
                        BEDROCK,
                        429,
                        message("Too many tokens per day, please wait before trying again."),
                        QUOTA_EXHAUSTED),
                says(
                        COHERE,
                        429,
                        message(
                                "You are using a Trial key, which is limited to 40 API calls / minute. You can continue to use the Trial key for free or upgrade to a Production key."),
                        RATE_LIMITED),
                says(
                        COHERE,
                        429,
                        message("You are using a Trial key, which is limited to 1000 API calls / month."),
                        QUOTA_EXHAUSTED),
                says(
                        COHERE,
                        429,
                        message("You are past the per minute request limit, please wait and try again later."),
                        RATE_LIMITED));
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                says(
                        OPENAI,
                        400,
                        openai(
                                "This model's maximum context length is 128000 tokens. However, your messages resulted in 204308 tokens.",
                                "invalid_request_error",
                                "context_length_exceeded"),
                        CONTEXT_TOO_LONG),
                says(
                        OPENAI,
                        400,
                        openai(
                                "Your input exceeds the context window of this model.",
                                "invalid_request_error",
                                "context_length_exceeded"),
                        CONTEXT_TOO_LONG),
                says(
                        OPENAI,
                        400,
                        "{\"code\":\"Client specified an invalid argument\",\"error\":\"This model's maximum prompt length is 131072 but the request contains 537812 tokens.\"}",
                        CONTEXT_TOO_LONG),
                says(
                        OPENAI,
                        400,
                        "{\"object\":\"error\",\"message\":\"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length\",\"type\":\"invalid_request_error\",\"code\":\"3051\"}",
                        CONTEXT_TOO_LONG),
                says(
                        OPENAI,
                        400,
                        "{\"error\":{\"code\":400,\"message\":\"the request exceeds the available context size, try increasing it\",\"type\":\"exceed_context_size_error\"}}",
                        CONTEXT_TOO_LONG),
                says(
                        OPENAI,
                        422,
                        openai(
                                "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000",
                                "invalid_request_error",
                                ""),
                        CONTEXT_TOO_LONG),
                says(
                        OPENAI,
                        400,
                        "{\"error\":{\"message\":\"This endpoint's maximum context length is 32768 tokens. However, you requested about 42832 tokens\",\"code\":400}}",
                        CONTEXT_TOO_LONG),
                says(
                        ANTHROPIC,
                        400,
                        anthropic("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
                        CONTEXT_TOO_LONG),
                says(
                        ANTHROPIC,
                        400,
                        anthropic(
                                "invalid_request_error",
                                "input length and `max_tokens` exceed context limit: 199759 + 8192 > 200000"),
                        CONTEXT_TOO_LONG),
                says(
                        GEMINI,
                        400,
                        google(
                                400,
                                "INVALID_ARGUMENT",
                                "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
                                ""),
                        CONTEXT_TOO_LONG),
                says(BEDROCK, 400, message("Input is too long for requested model."), CONTEXT_TOO_LONG),
                says(
                        COHERE,
                        400,
                        message(
                                "too many tokens: size limit exceeded by 11000 tokens. Try using shorter or fewer inputs."),
                        CONTEXT_TOO_LONG),
                says(OLLAMA, 400, "{\"error\":\"the input length exceeds the context length\"}", CONTEXT_TOO_LONG),
                says(
                        OPENAI,
                        400,
                        "{\"error\":{\"message\":\"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.\",\"type\":null,\"param\":\"prompt\",\"code\":\"content_filter\",\"status\":400,\"innererror\":{\"code\":\"ResponsibleAIPolicyViolation\"}}}",
                        CONTENT_FILTERED),
                says(
                        OPENAI,
                        400,
                        openai(
                                "Invalid prompt: your prompt was flagged as potentially violating our usage policy.",
                                "invalid_request_error",
                                "invalid_prompt"),
                        CONTENT_FILTERED),
                says(OPENAI, 400, openai("Content Exists Risk", "invalid_request_error", ""), CONTENT_FILTERED),
                says(
                        OPENAI,
                        403,
                        "{\"error\":{\"message\":\"Your chosen model requires moderation and your input was flagged for violence.\",\"code\":403,\"metadata\":{\"reasons\":[\"violence\"]}}}",
                        CONTENT_FILTERED),
                says(
                        OPENAI,
                        403,
                        "{\"code\":\"The caller does not have permission\",\"error\":\"Content violates usage guidelines.\"}",
                        CONTENT_FILTERED),
                says(
                        ANTHROPIC,
                        400,
                        anthropic("invalid_request_error", "Output blocked by content filtering policy"),
                        CONTENT_FILTERED),
                says(
                        BEDROCK,
                        400,
                        message("The generated text has been blocked by our content filters."),
                        CONTENT_FILTERED),
                says(COHERE, 498, message("blocked output"), CONTENT_FILTERED),
                says(
                        OPENAI,
                        400,
                        openai("Unknown parameter: 'x'.", "invalid_request_error", "unknown_parameter"),
                        INVALID_REQUEST),
                says(ANTHROPIC, 400, anthropic("invalid_request_error", "max_tokens: Field required"), INVALID_REQUEST),
                says(GEMINI, 400, google(400, "INVALID_ARGUMENT", "Unable to submit request.", ""), INVALID_REQUEST));
    }

    static Stream<Arguments> credentialsAndModels() {
        return Stream.of(
                says(
                        OPENAI,
                        401,
                        openai("Incorrect API key provided: ***", "invalid_request_error", "invalid_api_key"),
                        CREDENTIAL_REJECTED),
                says(
                        OPENAI,
                        400,
                        "{\"code\":\"Client specified an invalid argument\",\"error\":\"Incorrect API key provided: xa***ab. You can obtain an API key from https://console.x.ai.\"}",
                        CREDENTIAL_REJECTED),
                says(ANTHROPIC, 401, anthropic("authentication_error", "invalid x-api-key"), CREDENTIAL_REJECTED),
                says(
                        GEMINI,
                        400,
                        google(
                                400,
                                "INVALID_ARGUMENT",
                                "API key not valid. Please pass a valid API key.",
                                "{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"reason\":\"API_KEY_INVALID\"}"),
                        CREDENTIAL_REJECTED),
                says(
                        BEDROCK,
                        403,
                        message("The security token included in the request is invalid."),
                        CREDENTIAL_REJECTED),
                says(COHERE, 401, message("invalid api token"), CREDENTIAL_REJECTED),
                says(
                        OPENAI,
                        404,
                        "{\"error\":{\"code\":\"DeploymentNotFound\",\"message\":\"The API deployment for this resource does not exist.\"}}",
                        MODEL_UNAVAILABLE),
                says(ANTHROPIC, 404, anthropic("not_found_error", "model: claude-9"), MODEL_UNAVAILABLE),
                says(BEDROCK, 400, message("The provided model identifier is invalid."), MODEL_UNAVAILABLE),
                says(
                        BEDROCK,
                        403,
                        message("You don't have access to the model with the specified model ID."),
                        MODEL_UNAVAILABLE),
                says(OLLAMA, 404, "{\"error\":\"model 'x' not found\"}", MODEL_UNAVAILABLE),
                says(ANTHROPIC, 500, anthropic("api_error", "Internal server error"), SERVER_ERROR),
                says(GEMINI, 504, google(504, "DEADLINE_EXCEEDED", "Deadline expired.", ""), SERVER_ERROR));
    }

    @ParameterizedTest
    @MethodSource({"limits", "refusals", "credentialsAndModels"})
    void itMeans(Dialect in, int status, String body, Kind kind, @Nullable Long millis) {
        UpstreamFailure failure = Failures.of(in, status, _ -> null, body.getBytes(StandardCharsets.UTF_8), NOON);

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.retryAfter()).isEqualTo(millis == null ? null : Duration.ofMillis(millis));
    }
}
