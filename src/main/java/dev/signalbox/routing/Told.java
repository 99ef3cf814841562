package dev.signalbox.routing;

import dev.signalbox.chat.Attempt;
import dev.signalbox.chat.CallerGone;
import dev.signalbox.chat.Dialect.UpstreamError;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.PassedThrough;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.upstream.UpstreamFailure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the caller is told of the failure that ends an exchange. No credential of ours is ever in it. */
final class Told {

    private Told() {}

    static SignalboxException of(UpstreamFailure failure, Exchange exchange, String credential) {
        List<Attempt> attempts = exchange.trail().attempts();
        return switch (failure.kind()) {
            case CALLER_GONE -> new CallerGone();
            case OUT_OF_TIME -> new SignalboxException(504, "timeout", failure.message(), null, attempts, null);
            case STREAM_BROKEN ->
                new SignalboxException(
                        502,
                        "stream_broken",
                        "the provider's stream broke: " + without(credential, failure.message()),
                        null,
                        attempts,
                        null);
            default -> refusal(failure, exchange, credential, "invalid_request");
        };
    }

    /** The upstream's own 4xx. */
    static SignalboxException refusal(UpstreamFailure failure, Exchange exchange, String credential, String code) {
        UpstreamError error = failure.error();
        int status = failure.status() == null ? 400 : failure.status();
        byte[] body = failure.body();
        boolean own = code.equals("invalid_request") && body != null && body.length > 0 && body[0] == '{';
        return new PassedThrough(
                status,
                code,
                without(credential, failure.message()),
                error == null ? null : error.param(),
                own && isCallersLanguage(exchange, failure) ? clean(credential, body) : null);
    }

    private static boolean isCallersLanguage(Exchange exchange, UpstreamFailure failure) {
        return exchange.dialect().equals(failure.dialect());
    }

    private static byte @Nullable [] clean(String credential, byte @Nullable [] body) {
        return body == null || (!credential.isEmpty() && new String(body, StandardCharsets.UTF_8).contains(credential))
                ? null
                : body;
    }

    private static String without(String credential, String message) {
        return credential.isEmpty() ? message : message.replace(credential, "***");
    }

    static String summary(List<Attempt> attempts) {
        if (attempts.isEmpty()) {
            return "no provider is available now";
        }
        return "every provider failed: "
                + attempts.stream()
                        .map(a ->
                                a.deployment() + " " + a.error() + (a.status() == null ? "" : " (" + a.status() + ")"))
                        .collect(Collectors.joining(", "));
    }
}
