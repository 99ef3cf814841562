import java.time.Duration;
import java.util.List;

/** How a stream flows: its chunks of text, the pause before each after the first, and the wait before the first. */
record Pace(int chunks, Duration pause, Duration latency) {

    Pace {
        if (chunks < 1 || pause.isNegative() || latency.isNegative()) {
            throw new IllegalArgumentException("a stream has at least one chunk and no negative pauses");
        }
    }

    /** From {@code [chunks, pause]} or {@code [chunks, pause, latency]}, such as {@code [100, 20ms]}. */
    static Pace of(List<String> parts) {
        return new Pace(
                Integer.parseInt(parts.get(0)),
                duration(parts.get(1)),
                parts.size() > 2 ? duration(parts.get(2)) : Duration.ZERO);
    }

    /** From {@code 20ms} or {@code 1s}. */
    static Duration duration(String text) {
        return text.endsWith("ms")
                ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
                : Duration.parse("PT" + text);
    }
}
