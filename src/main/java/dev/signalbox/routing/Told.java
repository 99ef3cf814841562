package dev.signalbox.routing;

import dev.signalbox.chat.Attempt;
import dev.signalbox.chat.CallerGone;
import dev.signalbox.chat.Dialect.UpstreamError;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.PassedThrough;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.upstream.UpstreamFailure;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the caller is told of the failure that ends an exchange. No credential of ours is ever in it. */
final class Told {

    private Told() {}

    static SignalboxException of(UpstreamFailure failure, Exchange exchange, List<String> secrets) {
        List<Attempt> attempts = exchange.trail().attempts();
        return switch (failure.kind()) {
            case CALLER_GONE -> new CallerGone();
            case OUT_OF_TIME -> new SignalboxException(504, "timeout", failure.message(), null, attempts, null);
            case STREAM_BROKEN ->
                new SignalboxException(
                        502,
                        "stream_broken",
                        "the provider's stream broke: " + without(secrets, failure.message()),
                        null,
                        attempts,
                        null);
            default -> refusal(failure, exchange, secrets, "invalid_request");
        };
    }

    /** The upstream's own 4xx; what the gateway has a code of its own for is a 400, whatever vendors make of it. */
    static SignalboxException refusal(UpstreamFailure failure, Exchange exchange, List<String> secrets, String code) {
        UpstreamError error = failure.error();
        boolean passes = code.equals("invalid_request");
        return new PassedThrough(
                passes && failure.status() != null ? failure.status() : 400,
                code,
                without(secrets, failure.message()),
                error == null || error.param() == null ? null : without(secrets, error.param()),
                exchange.trail().attempts(),
                passes ? own(failure, exchange, secrets) : null);
    }

    /** The upstream's own words, when the caller can read them and no secret is in them. */
    private static byte @Nullable [] own(UpstreamFailure failure, Exchange exchange, List<String> secrets) {
        byte[] body = failure.body();
        boolean readable = body != null && body.length > 0 && body[0] == '{';
        if (body == null || !readable || !exchange.dialect().equals(failure.dialect())) {
            return null;
        }
        String text = read(body);
        return text == null || secrets.stream().anyMatch(text::contains) ? null : body;
    }

    /** The JSON with no more escapes than must be, since a secret can be written in many ways; null when it is none. */
    private static @Nullable String read(byte[] body) {
        try {
            return Json.text(Json.read(body));
        } catch (IOException e) {
            return null;
        }
    }

    private static String without(List<String> secrets, String message) {
        String clean = message;
        for (String secret : secrets) {
            clean = clean.replace(secret, "***");
        }
        return clean;
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
