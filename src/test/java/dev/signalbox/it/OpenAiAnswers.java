package dev.signalbox.it;

import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.Wire.Chunking;
import java.util.ArrayList;
import java.util.List;

/** What a vendor of OpenAI's language says. */
final class OpenAiAnswers {

    /** The end of a stream. */
    static final String DONE = "data: [DONE]\n\n";

    /** Seven prompt tokens, two of them from the cache; five of the answer, one of them thought. */
    static final String USAGE = """
            {"prompt_tokens":7,"completion_tokens":5,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":2},\
            "completion_tokens_details":{"reasoning_tokens":1}}""";

    private OpenAiAnswers() {}

    /** Says hello, plain or streamed as asked. */
    static Answer hello() {
        return text("hello");
    }

    /** Says this, plain or streamed as asked. */
    static Answer text(String words) {
        return (request, wire) -> {
            if (request.isStream()) {
                wire.events().send(stream(words), Chunking.EVENTS).end();
            } else {
                wire.answer(200, plain(words));
            }
        };
    }

    /** Exactly this. */
    static Answer json(int status, String body, String... headers) {
        return (_, wire) -> wire.answer(status, body, headers);
    }

    /** An error in OpenAI's shape. */
    static Answer error(int status, String code, String message, String... headers) {
        return json(status, error(code, message), headers);
    }

    static String error(String code, String message) {
        return """
                {"error":{"message":%s,"type":"%s","param":null,"code":"%s"}}""".formatted(Shapes.quoted(message), code, code);
    }

    /** These events in such packets, and the end of the stream. */
    static Answer events(List<String> events, Chunking chunking) {
        return (_, wire) -> wire.events().send(events, chunking).end();
    }

    static String plain(String words) {
        return """
                {"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"up-2024-08-06",\
                "choices":[{"index":0,"message":{"role":"assistant","content":%s,"refusal":null},"logprobs":null,\
                "finish_reason":"stop"}],"usage":%s,"system_fingerprint":"fp_1"}""".formatted(Shapes.quoted(words), USAGE);
    }

    /** A whole stream that says this, a word a chunk, with usage. */
    static List<String> stream(String words) {
        List<String> events = new ArrayList<>();
        events.add(role());
        for (String word : words.split("(?<= )")) {
            events.add(delta(word));
        }
        events.add(finish("stop"));
        events.add(usage());
        events.add(DONE);
        return events;
    }

    /** A chunk with only a role: no token yet. */
    static String role() {
        return chunk("{\"role\":\"assistant\",\"content\":\"\"}", "null");
    }

    static String delta(String words) {
        return chunk("{\"content\":" + Shapes.quoted(words) + "}", "null");
    }

    static String finish(String reason) {
        return chunk("{}", "\"" + reason + "\"");
    }

    static String chunk(String delta, String finishReason) {
        return data("""
                {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"up-2024-08-06",\
                "system_fingerprint":"fp_1","choices":[{"index":0,"delta":%s,"logprobs":null,"finish_reason":%s}]}""".formatted(delta, finishReason));
    }

    static String usage() {
        return data("""
                {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"up-2024-08-06",\
                "choices":[],"usage":%s}""".formatted(USAGE));
    }

    static String data(String json) {
        return "data: " + json + "\n\n";
    }
}
