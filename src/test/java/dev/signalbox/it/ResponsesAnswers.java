package dev.signalbox.it;

import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.Wire.Chunking;
import java.util.ArrayList;
import java.util.List;

/** What OpenAI says at {@code /responses}. */
final class ResponsesAnswers {

    /** Seven prompt tokens, two of them from the cache; five of the answer, one of them thought. */
    static final String USAGE = """
            {"input_tokens":7,"input_tokens_details":{"cached_tokens":2},"output_tokens":5,\
            "output_tokens_details":{"reasoning_tokens":1},"total_tokens":12}""";

    static final String REASONING = """
            {"id":"rs_up1","type":"reasoning","summary":[],"encrypted_content":"gAAAAsecret"}""";

    private ResponsesAnswers() {}

    /** Says hello, plain or streamed as asked. */
    static Answer hello() {
        return (request, wire) -> {
            if (request.isStream()) {
                wire.events().send(stream("hello"), Chunking.EVENTS).end();
            } else {
                wire.answer(200, response("resp_up1", "completed", REASONING + "," + message("hello"), USAGE));
            }
        };
    }

    static String message(String words) {
        return """
                {"id":"msg_up1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text",\
                "text":%s,"annotations":[],"logprobs":[]}]}""".formatted(Shapes.quoted(words));
    }

    static String response(String id, String status, String output, String usage) {
        return """
                {"id":"%s","object":"response","created_at":1700000000,"status":"%s","model":"up-2024-08-06",\
                "output":[%s],"previous_response_id":null,"temperature":1.0,"unheard_of":{"n":0.10},"usage":%s}""".formatted(id, status, output, usage);
    }

    static List<String> stream(String words) {
        var events = new ArrayList<String>();
        events.add(event("response.created", "\"response\":" + response("resp_up1", "in_progress", "", "null")));
        events.add(event("response.in_progress", "\"response\":" + response("resp_up1", "in_progress", "", "null")));
        events.add(event("response.output_item.added", "\"output_index\":0,\"item\":" + REASONING));
        events.add(event("response.output_item.done", "\"output_index\":0,\"item\":" + REASONING));
        events.add(
                event(
                        "response.output_item.added",
                        "\"output_index\":1,\"item\":{\"id\":\"msg_up1\",\"type\":\"message\",\"status\":\"in_progress\",\"role\":\"assistant\",\"content\":[]}"));
        events.add(event(
                "response.output_text.delta",
                "\"item_id\":\"msg_up1\",\"output_index\":1,\"content_index\":0,\"obfuscation\":\"x\",\"delta\":"
                        + Shapes.quoted(words)));
        events.add(event("response.output_item.done", "\"output_index\":1,\"item\":" + message(words)));
        events.add(event(
                "response.completed",
                "\"response\":" + response("resp_up1", "completed", REASONING + "," + message(words), USAGE)));
        return events;
    }

    static String event(String name, String members) {
        return "event: " + name + "\ndata: {\"type\":\"" + name + "\"," + members + "}\n\n";
    }
}
