package dev.signalbox.it;

import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.Wire.Chunking;
import java.util.ArrayList;
import java.util.List;

/** What a vendor of Anthropic's language says. */
final class AnthropicAnswers {

    /** 11 prompt tokens uncached, 100 read from the cache, 20 written to it; 9 of the answer. */
    static final String USAGE = """
            {"input_tokens":11,"cache_creation_input_tokens":20,"cache_read_input_tokens":100,"output_tokens":9}""";

    private AnthropicAnswers() {}

    /** Says hello, plain or streamed as asked. */
    static Answer hello() {
        return (request, wire) -> {
            if (request.isStream()) {
                wire.events().send(stream("hello"), Chunking.EVENTS).end();
            } else {
                wire.answer(200, message(text("hello"), "end_turn"));
            }
        };
    }

    static Answer json(int status, String body, String... headers) {
        return OpenAiAnswers.json(status, body, headers);
    }

    static Answer error(int status, String type, String message, String... headers) {
        return json(status, error(type, message), headers);
    }

    static String error(String type, String message) {
        return """
                {"type":"error","error":{"type":"%s","message":%s},"request_id":"req_up"}""".formatted(type, Shapes.quoted(message));
    }

    /** A whole message with these blocks. */
    static String message(String blocks, String stopReason) {
        return message(blocks, stopReason, null, USAGE);
    }

    static String message(String blocks, String stopReason, String stopSequence, String usage) {
        return """
                {"id":"msg_1","type":"message","role":"assistant","model":"claude-up-20250929","content":[%s],\
                "stop_reason":"%s","stop_sequence":%s,"usage":%s}""".formatted(blocks, stopReason, stopSequence == null ? "null" : Shapes.quoted(stopSequence), usage);
    }

    static String text(String words) {
        return """
                {"type":"text","text":%s}""".formatted(Shapes.quoted(words));
    }

    static String toolUse(String id, String name, String input) {
        return """
                {"type":"tool_use","id":"%s","name":"%s","input":%s}""".formatted(id, name, input);
    }

    /** A whole stream that says this, a word a delta. */
    static List<String> stream(String words) {
        List<String> events = new ArrayList<>();
        events.add(messageStart());
        events.add(event("ping", "{\"type\":\"ping\"}"));
        events.addAll(textBlock(0, words));
        events.add(messageDelta("end_turn", 9));
        events.add(messageStop());
        return events;
    }

    static String messageStart() {
        return event("message_start", """
                {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],\
                "model":"claude-up-20250929","stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":11,\
                "cache_creation_input_tokens":20,"cache_read_input_tokens":100,"output_tokens":1}}}""");
    }

    static List<String> textBlock(int index, String words) {
        List<String> events = new ArrayList<>();
        events.add(blockStart(index, "{\"type\":\"text\",\"text\":\"\"}"));
        for (String word : words.split("(?<= )")) {
            events.add(delta(index, "{\"type\":\"text_delta\",\"text\":" + Shapes.quoted(word) + "}"));
        }
        events.add(blockStop(index));
        return events;
    }

    /** A tool call whose arguments come in these pieces. */
    static List<String> toolBlock(int index, String id, String name, String... arguments) {
        List<String> events = new ArrayList<>();
        events.add(blockStart(
                index, "{\"type\":\"tool_use\",\"id\":\"%s\",\"name\":\"%s\",\"input\":{}}".formatted(id, name)));
        for (String piece : arguments) {
            events.add(delta(index, "{\"type\":\"input_json_delta\",\"partial_json\":" + Shapes.quoted(piece) + "}"));
        }
        events.add(blockStop(index));
        return events;
    }

    static String blockStart(int index, String block) {
        return event(
                "content_block_start",
                "{\"type\":\"content_block_start\",\"index\":%d,\"content_block\":%s}".formatted(index, block));
    }

    static String delta(int index, String delta) {
        return event(
                "content_block_delta",
                "{\"type\":\"content_block_delta\",\"index\":%d,\"delta\":%s}".formatted(index, delta));
    }

    static String blockStop(int index) {
        return event("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":%d}".formatted(index));
    }

    static String messageDelta(String stopReason, int outputTokens) {
        return event("message_delta", """
                {"type":"message_delta","delta":{"stop_reason":"%s","stop_sequence":null},"usage":{"output_tokens":%d}}""".formatted(stopReason, outputTokens));
    }

    static String messageStop() {
        return event("message_stop", "{\"type\":\"message_stop\"}");
    }

    static String event(String name, String json) {
        return "event: " + name + "\ndata: " + json + "\n\n";
    }
}
