package dev.signalbox.admin;

import dev.signalbox.chat.SignalboxException;
import dev.signalbox.keys.KeyRing;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jspecify.annotations.Nullable;

/**
 * Stands before every resource: whatever address led to it, however that is written, nobody gets in without the admin key. What
 * is refused before a resource is reached is told in the form of the admin API.
 */
@Singleton
public class Threshold {

    private static final String BEARER = "Bearer ";

    /** Resources are made when the application is built, and keys are known when it runs. */
    private final Instance<KeyRing> keys;

    Threshold(Instance<KeyRing> keys) {
        this.keys = keys;
    }

    /** Lets only the operator pass. */
    @ServerRequestFilter(nonBlocking = true)
    public @Nullable RestResponse<byte[]> admit(ContainerRequestContext request) {
        try {
            keys.get().requireAdmin(bearer(request.getHeaderString(HttpHeaders.AUTHORIZATION)));
            return null;
        } catch (SignalboxException e) {
            return Answer.error(e);
        }
    }

    private static @Nullable String bearer(@Nullable String given) {
        return given != null && given.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? given.substring(BEARER.length()).trim()
                : null;
    }

    /** Another method. */
    @ServerExceptionMapper
    public RestResponse<byte[]> wrongMethod(NotAllowedException failure) {
        return refused(failure, "method_not_allowed", "this takes another method");
    }

    /** A body of another type. */
    @ServerExceptionMapper
    public RestResponse<byte[]> wrongType(NotSupportedException failure) {
        return refused(
                failure, "unsupported_media_type", "the body must be sent with 'content-type: application/json'");
    }

    /** An answer of another type. */
    @ServerExceptionMapper
    public RestResponse<byte[]> wrongWish(NotAcceptableException failure) {
        return refused(failure, "not_acceptable", "the answer is application/json, which 'accept' does not take");
    }

    private static RestResponse<byte[]> refused(WebApplicationException failure, String code, String message) {
        RestResponse<byte[]> answer =
                Answer.error(new SignalboxException(failure.getResponse().getStatus(), code, message, null));
        String allowed = failure.getResponse().getHeaderString(HttpHeaders.ALLOW);
        if (allowed != null) {
            answer.getHeaders().putSingle(HttpHeaders.ALLOW, allowed);
        }
        return answer;
    }
}
