package dev.signalbox.it;

import java.util.List;

/** How streams must end, and what may stand in them. */
final class Streams {

    static final List<String> CHAT = List.of("\ndata: [DONE]\n");
    static final List<String> RESPONSES =
            List.of("event: response.completed\n", "event: response.incomplete\n", "event: response.failed\n");
    static final List<String> ANTHROPIC = List.of("event: message_stop\n");
    static final List<String> GEMINI = List.of("\"finishReason\"");

    private Streams() {}

    /** What is wrong with a stream of events; null when nothing is. */
    static String problem(String text, List<String> ends) {
        for (String line : text.split("\n")) {
            if (line.startsWith("data: {")) {
                Shapes.json(line.substring("data: ".length()));
            } else if (!line.isBlank()
                    && !line.startsWith("event: ")
                    && !line.startsWith(": ")
                    && !line.startsWith(":")
                    && !line.equals("data: [DONE]")) {
                return "a line that is no event: " + line;
            }
        }
        return isWhole(text, ends) ? null : "a silent end";
    }

    static boolean isWhole(String text, List<String> ends) {
        return text.contains("event: error\n")
                || text.contains("{\"error\":")
                || ends.stream().anyMatch(text::contains);
    }
}
