package dev.signalbox.it;

import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.FakeVendor.Received;
import dev.signalbox.it.Wire.Chunking;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What a vendor of Gemini's language says. */
final class GeminiAnswers {

    /** 100 prompt tokens, 40 of them from the cache; 9 of the answer, and 5 thought beside them. */
    static final String USAGE = """
            {"promptTokenCount":100,"cachedContentTokenCount":40,"candidatesTokenCount":9,"thoughtsTokenCount":5,\
            "totalTokenCount":114}""";

    private GeminiAnswers() {}

    /** So many models whose first provider is of that kind; the second one speaks OpenAI's language. */
    static Lanes lanes(int count) {
        Lanes lanes = Lanes.of(count).each("signalbox.providers.a%d.kind", "gemini");
        for (int i = 0; i < count; i++) {
            FakeVendor vendor = lanes.lane(i).first();
            lanes.set("signalbox.providers.a" + i + ".base-url", vendor.root());
            vendor.answers(hello());
        }
        return lanes;
    }

    /** Whether a stream is asked for. */
    static boolean isStream(Received request) {
        return request.path().contains(":streamGenerateContent");
    }

    /** Answers every method. */
    static Answer hello() {
        return (request, wire) -> {
            String path = request.path();
            if (isStream(request)) {
                wire.events().send(stream("hello"), Chunking.EVENTS).end();
            } else if (path.endsWith(":countTokens")) {
                wire.answer(200, "{\"totalTokens\":31}");
            } else if (path.endsWith(":embedContent")) {
                wire.answer(200, "{\"embedding\":{\"values\":[0.25,-0.5]}}");
            } else if (path.endsWith(":batchEmbedContents")) {
                int texts = request.json().path("requests").size();
                wire.answer(
                        200,
                        "{\"embeddings\":[" + String.join(",", Collections.nCopies(texts, "{\"values\":[0.25,-0.5]}"))
                                + "]}");
            } else {
                wire.answer(200, plain("hello"));
            }
        };
    }

    static String plain(String words) {
        return chunk("{\"text\":%s}".formatted(Shapes.quoted(words)), "STOP");
    }

    /** A whole stream that says this, a word a chunk; the vendor ends lines with CR and LF, and has no end mark. */
    static List<String> stream(String words) {
        List<String> events = new ArrayList<>();
        for (String word : words.split("(?<= )")) {
            events.add(delta(word));
        }
        events.add(event(chunk("{\"text\":\"\"}", "STOP")));
        return events;
    }

    static String delta(String words) {
        return event(chunk("{\"text\":%s}".formatted(Shapes.quoted(words)), null));
    }

    /** A whole answer, or a piece of one. */
    static String chunk(String part, String finishReason) {
        return """
                {"candidates":[{"content":{"parts":[%s],"role":"model"},%s"index":0}],"usageMetadata":%s,\
                "modelVersion":"gemini-up","responseId":"r1"}""".formatted(part, finishReason == null ? "" : "\"finishReason\":\"" + finishReason + "\",", USAGE);
    }

    static String event(String json) {
        return "data: " + json + "\r\n\r\n";
    }

    static Answer error(int status, String name, String message, String... details) {
        return OpenAiAnswers.json(status, errorBody(status, name, message, details));
    }

    static String errorBody(int status, String name, String message, String... details) {
        return """
                {"error":{"code":%d,"message":%s,"status":"%s","details":[%s]}}""".formatted(status, Shapes.quoted(message), name, String.join(",", details));
    }

    /** When to come back, as it stands in an error. */
    static String retryInfo(String delay) {
        return """
                {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"%s"}""".formatted(delay);
    }
}
