package dev.signalbox.provider.bedrock;

import dev.signalbox.dialect.bedrock.BedrockCounting;
import dev.signalbox.dialect.bedrock.BedrockDialect;
import dev.signalbox.dialect.bedrock.BedrockEmbeddings;
import dev.signalbox.upstream.Call;
import dev.signalbox.upstream.Endpoint;
import io.smallrye.mutiny.Uni;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who pays for requests to Bedrock, in which region, and what can be asked there. */
final class BedrockAccount {

    /** What a call is paid from when no API key is configured. */
    static final String AMBIENT = "ambient";

    private final URI address;
    private final List<String> apiKeys;
    private final @Nullable String ambientKey;
    private final RenewedCredentials credentials;
    private final SigV4 signing;
    private final Clock clock;
    private final BedrockCounting counting = new BedrockCounting();
    private final Endpoint converse = new Endpoint(new BedrockDialect(), "converse");
    private final Endpoint invoke = new Endpoint(new BedrockEmbeddings(), "invoke");
    private final Endpoint countTokens = new Endpoint(counting, "count-tokens");

    /**
     * @param address where Bedrock is
     * @param region for signatures
     * @param apiKeys the configured keys; empty when there are none
     * @param ambientKey a key of the surroundings; null when requests are signed
     * @param credentials what they are signed with
     */
    BedrockAccount(
            URI address,
            String region,
            List<String> apiKeys,
            @Nullable String ambientKey,
            RenewedCredentials credentials,
            Clock clock) {
        this.address = address;
        this.apiKeys = apiKeys;
        this.ambientKey = ambientKey;
        this.credentials = credentials;
        this.signing = new SigV4(region, "bedrock");
        this.clock = clock;
    }

    URI address() {
        return address;
    }

    Endpoint converse() {
        return converse;
    }

    Endpoint invoke() {
        return invoke;
    }

    Endpoint countTokens() {
        return countTokens;
    }

    boolean counts(String model) {
        return counting.counts(model);
    }

    /** What requests are paid from in turn; null: the configured keys. */
    @Nullable List<String> payers() {
        return apiKeys.isEmpty() ? List.of(AMBIENT) : null;
    }

    /** What must be told to nobody, of a call that is paid from that. */
    List<String> secrets(String payer) {
        if (!apiKeys.isEmpty()) {
            return List.of(payer);
        }
        return ambientKey == null ? credentials.secrets() : List.of(ambientKey);
    }

    /** The headers with a key, or with a signature of the whole request. */
    Uni<Map<String, String>> authorized(Call call, URI to, Map<String, String> headers) {
        return authorized("POST", call.credential(), call.prepared().body(), to, headers);
    }

    /**
     * The same for any request.
     *
     * @param payer what it is paid from
     */
    Uni<Map<String, String>> authorized(String method, String payer, byte[] body, URI to, Map<String, String> headers) {
        String key = apiKeys.isEmpty() ? ambientKey : payer;
        if (key != null) {
            headers.put("authorization", "Bearer " + key);
            return Uni.createFrom().item(headers);
        }
        return credentials.get().map(with -> {
            String type = headers.get("content-type");
            Map<String, String> signed =
                    type == null ? Map.of("host", host(to)) : Map.of("host", host(to), "content-type", type);
            String query = to.getRawQuery() == null ? "" : to.getRawQuery();
            headers.putAll(signing.sign(method, to.getRawPath(), query, signed, body, with, clock.instant()));
            return headers;
        });
    }

    /** As clients say it: a port that is the usual one is not said. */
    private static String host(URI to) {
        int usual = "https".equals(to.getScheme()) ? 443 : 80;
        return to.getPort() < 0 || to.getPort() == usual ? to.getHost() : to.getHost() + ":" + to.getPort();
    }
}
