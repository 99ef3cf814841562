package dev.signalbox.api.openai;

import com.fasterxml.jackson.core.JsonToken;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.InvalidRequest;

/** What a body must have before anybody is asked. */
final class RequestShape {

    private RequestShape() {}

    static void requireMessages(Body body) {
        Body.Member messages = body.member("messages");
        if (messages == null || messages.type() != JsonToken.START_ARRAY) {
            throw new InvalidRequest("'messages' must be a list of messages", "messages");
        }
        if (isEmpty(body, messages)) {
            throw new InvalidRequest("'messages' must not be empty", "messages");
        }
    }

    /** A text, or a list of texts or tokens. */
    static void requirePrompt(Body body) {
        requireTextOrList(body, "prompt");
    }

    /** A text, or a list of texts, tokens or other parts. */
    static void requireInput(Body body) {
        requireTextOrList(body, "input");
    }

    private static void requireTextOrList(Body body, String name) {
        Body.Member member = body.member(name);
        if (member == null || (member.type() != JsonToken.VALUE_STRING && member.type() != JsonToken.START_ARRAY)) {
            throw new InvalidRequest("'" + name + "' must be a text or a list", name);
        }
        if (member.type() == JsonToken.START_ARRAY && isEmpty(body, member)) {
            throw new InvalidRequest("'" + name + "' must not be empty", name);
        }
    }

    private static boolean isEmpty(Body body, Body.Member array) {
        for (int i = array.start() + 1; i < array.end(); i++) {
            byte b = body.bytes()[i];
            if (b == ']') {
                return true;
            }
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return false;
            }
        }
        return true;
    }

    /** Whether a stream is to end with usage. */
    static boolean usageWanted(Body body) {
        if (!body.has("stream_options")) {
            return false;
        }
        var options = body.tree().path("stream_options");
        if (!options.isObject()) {
            throw new InvalidRequest("'stream_options' must be an object", "stream_options");
        }
        var wanted = options.path("include_usage");
        if (!wanted.isMissingNode() && !wanted.isNull() && !wanted.isBoolean()) {
            throw new InvalidRequest(
                    "'stream_options.include_usage' must be true or false", "stream_options.include_usage");
        }
        return wanted.asBoolean(false);
    }
}
