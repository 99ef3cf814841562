import java.util.ArrayList;
import java.util.List;

/** How a vendor says what it has to say. */
interface Language {

    /** A whole answer. */
    String plain(String text, long promptTokens, long tokens);

    /** The events of a stream that says these pieces. */
    List<String> events(String id, List<String> pieces, long promptTokens, long tokens);

    /** How many of those stand before the first piece. */
    int preamble();

    /** An error's body. */
    String error(String message);

    /** An error as an event. */
    String errorEvent(String message);

    /** As OpenAI's chat completions have it. */
    static Language openAi() {
        return new OpenAi();
    }

    /** As Anthropic's messages have it. */
    static Language anthropic() {
        return new Anthropic();
    }

    /** See {@link #openAi}. */
    final class OpenAi implements Language {

        private static String usage(long prompt, long tokens) {
            return "{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d}"
                    .formatted(prompt, tokens, prompt + tokens);
        }

        private static String chunk(String id, String choices, String more) {
            return """
                    data: {"id":"chatcmpl-%s","object":"chat.completion.chunk","created":1767225600,"model":"up",\
                    "choices":[%s]%s}

                    """
                    .formatted(id, choices, more);
        }

        private static String delta(String id, String delta, String finish) {
            return chunk(id, "{\"index\":0,\"delta\":%s,\"logprobs\":null,\"finish_reason\":%s}".formatted(delta, finish), "");
        }

        @Override
        public String plain(String text, long promptTokens, long tokens) {
            return """
                    {"id":"chatcmpl-soak","object":"chat.completion","created":1767225600,"model":"up","choices":[{"index":0,\
                    "message":{"role":"assistant","content":%s},"finish_reason":"stop"}],"usage":%s}"""
                    .formatted(Json.quoted(text), usage(promptTokens, tokens));
        }

        @Override
        public List<String> events(String id, List<String> pieces, long promptTokens, long tokens) {
            var events = new ArrayList<String>();
            events.add(delta(id, "{\"role\":\"assistant\",\"content\":\"\"}", "null"));
            pieces.forEach(piece -> events.add(delta(id, "{\"content\":" + Json.quoted(piece) + "}", "null")));
            events.add(delta(id, "{}", "\"stop\""));
            events.add(chunk(id, "", ",\"usage\":" + usage(promptTokens, tokens)));
            events.add("data: [DONE]\n\n");
            return events;
        }

        @Override
        public int preamble() {
            return 1;
        }

        @Override
        public String error(String message) {
            return "{\"error\":{\"message\":\"%s\",\"type\":\"server_error\",\"param\":null,\"code\":null}}".formatted(message);
        }

        @Override
        public String errorEvent(String message) {
            return "data: " + error(message) + "\n\n";
        }
    }

    /** See {@link #anthropic}. */
    final class Anthropic implements Language {

        private static String event(String type, String more) {
            return "event: %s\ndata: {\"type\":\"%s\"%s}\n\n".formatted(type, type, more);
        }

        @Override
        public String plain(String text, long promptTokens, long tokens) {
            return """
                    {"id":"msg_soak","type":"message","role":"assistant","model":"up","content":[{"type":"text","text":%s}],\
                    "stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":%d,"output_tokens":%d}}"""
                    .formatted(Json.quoted(text), promptTokens, tokens);
        }

        @Override
        public List<String> events(String id, List<String> pieces, long promptTokens, long tokens) {
            var events = new ArrayList<String>();
            events.add(event("message_start", """
                    ,"message":{"id":"msg_%s","type":"message","role":"assistant","content":[],"model":"up","stop_reason":null,\
                    "stop_sequence":null,"usage":{"input_tokens":%d,"output_tokens":1}}"""
                    .formatted(id, promptTokens)));
            events.add(event("content_block_start", ",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}"));
            pieces.forEach(piece -> events.add(event("content_block_delta",
                    ",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":" + Json.quoted(piece) + "}")));
            events.add(event("content_block_stop", ",\"index\":0"));
            events.add(event("message_delta",
                    ",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":%d}"
                            .formatted(tokens)));
            events.add(event("message_stop", ""));
            return events;
        }

        @Override
        public int preamble() {
            return 2;
        }

        @Override
        public String error(String message) {
            return "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"%s\"}}".formatted(message);
        }

        @Override
        public String errorEvent(String message) {
            return "event: error\ndata: " + error(message) + "\n\n";
        }
    }
}
