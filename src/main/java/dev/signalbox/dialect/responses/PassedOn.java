package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent.Wire;
import dev.signalbox.chat.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An answer of an upstream of the same language, as its caller is to see it: the upstream's bytes, but where the gateway asked
 * for something else than its caller did. The last event waits for the end, so that the gateway can keep the response first.
 */
final class PassedOn {

    private final @Nullable Body request;
    private final Frames frames;
    private boolean isUsed;
    private @Nullable Restoring restoring;
    private byte @Nullable [] created;
    private @Nullable Wire last;
    private boolean sent;
    private final List<byte[]> done = new ArrayList<>(2);
    private byte @Nullable [] added;
    private final Set<String> sinceAdded = new HashSet<>(4);
    private byte @Nullable [] latest;

    /**
     * What was asked otherwise.
     *
     * @param previous the id that the caller goes on from, which only the gateway knows
     * @param hidesSeals whether the caller did not ask for the seals of thoughts
     */
    private record Restoring(@Nullable String previous, boolean hidesSeals) {}

    PassedOn(@Nullable Body request, Frames frames) {
        this.request = request;
        this.frames = frames;
    }

    /** Whether there was anything. */
    boolean isUsed() {
        return isUsed;
    }

    void on(Wire wire, boolean stream) {
        isUsed = true;
        String name = wire.name();
        if (wire.finished() != null || !stream || name == null) {
            last = wire;
            return;
        }
        if (wire.silent()) {
            return;
        }
        if (name.equals("response.created")) {
            created = wire.data();
        }
        boolean mayDiffer = switch (name) {
            case "response.created", "response.in_progress", "response.queued" ->
                restoring().previous() != null;
            case "response.output_item.done", "response.output_item.added" ->
                restoring().hidesSeals();
            default -> false;
        };
        byte[] passed = mayDiffer ? restored(wire.data()) : wire.data();
        switch (name) {
            case "response.output_item.added" -> {
                added = passed;
                sinceAdded.clear();
            }
            case "response.output_item.done" -> {
                added = null;
                done.add(passed);
            }
            default -> {
                if (name.endsWith(".added") || name.endsWith(".done")) {
                    sinceAdded.add(name);
                }
            }
        }
        latest = passed;
        frames.pass(name, passed);
    }

    /** How far a stream has come that nothing more is passed of; null when it never began, or is not to be understood. */
    @Nullable PassedSoFar soFar() {
        byte[] begin = created;
        byte[] newest = latest;
        if (begin == null || newest == null) {
            return null;
        }
        try {
            List<ObjectNode> items = new ArrayList<>(done.size());
            for (byte[] each : done) {
                items.add((ObjectNode) Json.read(each).path("item"));
            }
            byte[] open = added;
            return new PassedSoFar(
                    (ObjectNode) Json.read(restored(begin)).path("response"),
                    items,
                    open == null ? null : (ObjectNode) Json.read(open).path("item"),
                    Set.copyOf(sinceAdded),
                    Json.read(newest).path("sequence_number").asInt(-1));
        } catch (IOException | ClassCastException e) {
            return null;
        }
    }

    private Restoring restoring() {
        Restoring known = restoring;
        if (known == null) {
            Body asked = request;
            known = asked == null
                    ? new Restoring(null, false)
                    : new Restoring(
                            asked.string("previous_response_id"),
                            ForwardedRequest.isKept(asked) && !ForwardedRequest.wantsSeals(asked));
            restoring = known;
        }
        return known;
    }

    private byte[] restored(byte[] data) {
        if (restoring().previous() == null && !restoring().hidesSeals()) {
            return data;
        }
        try {
            if (!(Json.read(data) instanceof ObjectNode tree)) {
                return data;
            }
            JsonNode response = tree.path("response");
            boolean changed = restore(response.isObject() ? response : tree);
            if (tree.path("item") instanceof ObjectNode item) {
                changed |= restoring().hidesSeals() && item.remove("encrypted_content") != null;
            }
            return changed ? Json.bytes(tree) : data;
        } catch (IOException e) {
            return data;
        }
    }

    private boolean restore(JsonNode response) {
        boolean changed = false;
        if (restoring().previous() != null && response instanceof ObjectNode object && object.has("output")) {
            object.put("previous_response_id", restoring().previous());
            changed = true;
        }
        for (JsonNode item : response.path("output")) {
            changed |= restoring().hidesSeals()
                    && item instanceof ObjectNode object
                    && object.remove("encrypted_content") != null;
        }
        return changed;
    }

    /** The whole response, with all its seals. */
    @Nullable ObjectNode kept() {
        Wire whole = last;
        if (whole == null) {
            return null;
        }
        try {
            JsonNode tree = Json.read(whole.data());
            JsonNode response = tree.path("response").isObject() ? tree.path("response") : tree;
            if (response instanceof ObjectNode object) {
                if (restoring().previous() != null) {
                    object.put("previous_response_id", restoring().previous());
                }
                return object;
            }
            return null;
        } catch (IOException e) {
            return null;
        }
    }

    /** The body of a plain answer; null when none was passed on. */
    byte @Nullable [] plain() {
        Wire whole = last;
        return whole == null ? null : restored(whole.data());
    }

    /** The last event. */
    void end() {
        Wire whole = last;
        if (whole != null && !sent) {
            sent = true;
            String name = whole.name();
            frames.pass(name == null ? "response.completed" : name, restored(whole.data()));
        }
    }

    /** The response as it failed; null when it never began. */
    @Nullable ObjectNode failed(ObjectNode error) {
        byte[] begin = created;
        if (begin == null) {
            return null;
        }
        try {
            if (Json.read(restored(begin)).path("response") instanceof ObjectNode response) {
                response.put("status", "failed").set("error", error);
                return response;
            }
            return null;
        } catch (IOException e) {
            return null;
        }
    }
}
