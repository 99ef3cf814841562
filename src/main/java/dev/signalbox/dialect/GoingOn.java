package dev.signalbox.dialect;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A caller's own body that asks for the rest of an answer: a few members changed, every other byte as it was. */
public final class GoingOn {

    private final Body body;
    private final Map<String, byte @Nullable []> changes = new LinkedHashMap<>(4);

    /** Of this body. */
    public GoingOn(Body body) {
        this.body = body;
    }

    /** More elements at the end of a list of the body. */
    public GoingOn append(String name, ArrayNode more) {
        Body.Member list = body.member(name);
        if (list == null || list.type() != JsonToken.START_ARRAY || more.isEmpty()) {
            return this;
        }
        byte[] bytes = body.bytes();
        byte[] added = Json.bytes(more);
        ByteArrayOutputStream out = new ByteArrayOutputStream(list.end() - list.start() + added.length);
        out.write(bytes, list.start(), list.end() - 1 - list.start());
        if (!body.tree().path(name).isEmpty()) {
            out.write(',');
        }
        out.write(added, 1, added.length - 1);
        changes.put(name, out.toByteArray());
        return this;
    }

    /** Another value for a member. */
    public GoingOn put(String name, byte[] json) {
        changes.put(name, json);
        return this;
    }

    /**
     * A lower limit, wherever the body has one.
     *
     * @param limit null: as it is
     */
    public GoingOn lower(List<String> names, @Nullable Integer limit) {
        if (limit != null) {
            for (String name : names) {
                if (body.has(name)) {
                    put(name, limit.toString().getBytes(StandardCharsets.US_ASCII));
                }
            }
        }
        return this;
    }

    /** The body with its changes. */
    public Body body() {
        return changes.isEmpty() ? body : Body.parse(body.with(changes));
    }
}
