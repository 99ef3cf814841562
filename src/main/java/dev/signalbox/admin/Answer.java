package dev.signalbox.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** What the admin API answers: a thing, a list, or an error in its own form. */
final class Answer {

    private Answer() {}

    /** One thing. */
    static RestResponse<byte[]> of(ObjectNode thing) {
        return json(200, thing).build();
    }

    /** Something that has come to be. */
    static RestResponse<byte[]> created(ObjectNode thing) {
        return json(201, thing).build();
    }

    /** It is done, and there is nothing to say. */
    static RestResponse<byte[]> nothing() {
        return RestResponse.noContent();
    }

    /** A page of a list. */
    static RestResponse<byte[]> list(List<ObjectNode> things, @Nullable String nextCursor) {
        return of(page(things, nextCursor));
    }

    /**
     * A page of things by their names, in order: each page begins after the name that the one before has ended with, also
     * when that thing is gone by now.
     */
    static <T> RestResponse<byte[]> byName(
            Collection<T> all,
            Function<T, String> name,
            Function<T, ObjectNode> row,
            @Nullable String limit,
            @Nullable String cursor) {
        int most = Parameters.limit(limit);
        String after = Parameters.cursor(cursor);
        List<T> left = all.stream()
                .filter(one -> name.apply(one).compareTo(after) > 0)
                .sorted(Comparator.comparing(name))
                .toList();
        List<T> shown = left.subList(0, Math.min(most, left.size()));
        return list(
                shown.stream().map(row).toList(),
                left.size() > most ? Parameters.cursorAfter(name.apply(shown.getLast())) : null);
    }

    /** A page of a list, to which more can be added. */
    static ObjectNode page(List<ObjectNode> things, @Nullable String nextCursor) {
        ObjectNode list = Json.object();
        ArrayNode data = list.putArray("data");
        data.addAll(things);
        list.put("next_cursor", nextCursor);
        return list;
    }

    /** What that comes to; what it throws or fails with becomes an error. */
    static Uni<RestResponse<byte[]>> when(Supplier<Uni<RestResponse<byte[]>>> work) {
        return Uni.createFrom()
                .deferred(() -> work.get())
                .onFailure(SignalboxException.class)
                .recoverWithItem(failure -> error(failure));
    }

    /** An error in the form of the admin API. */
    static RestResponse<byte[]> error(SignalboxException failure) {
        ObjectNode body = Json.object();
        ObjectNode error = body.putObject("error").put("code", failure.code()).put("message", failure.message());
        if (failure.param() != null) {
            error.put("field", failure.param());
        }
        RestResponse.ResponseBuilder<byte[]> answer = json(failure.status(), body);
        Duration retryAfter = failure.retryAfter();
        if (retryAfter != null) {
            answer.header(HttpHeaders.RETRY_AFTER, Math.max(1, retryAfter.toSeconds()));
        }
        return answer.build();
    }

    private static RestResponse.ResponseBuilder<byte[]> json(int status, ObjectNode body) {
        return RestResponse.ResponseBuilder.<byte[]>create(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(Json.bytes(body));
    }
}
