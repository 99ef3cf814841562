import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One run that {@link Load} is asked for.
 *
 * @param tags what the run is called; repeated in its result
 * @param headers sent with every request
 * @param process the gateway's, or 0 when its use is of no interest
 * @param stream whether the answers are to be streamed
 * @param chunks how many a stream must have; 0 when any number will do
 * @param connections held all the time in a closed loop, at most opened in an open one
 * @param rate requests per second, whatever the answers do; 0 for a closed loop
 * @param settle before anything is counted
 * @param measure while it is counted
 * @param drain how long answers may take afterwards
 */
record Order(Map<String, String> tags, URI url, Map<String, String> headers, long process, boolean stream, int chunks,
        int connections, double rate, Duration settle, Duration measure, Duration drain) {

    /** From words such as {@code --url http://127.0.0.1:80/v1/chat/completions --connections 32 --tag round=1}. */
    static Order of(List<String> words) {
        var tags = new LinkedHashMap<String, String>();
        var headers = new LinkedHashMap<String, String>();
        var options = new LinkedHashMap<String, String>();
        for (int i = 0; i + 1 < words.size(); i += 2) {
            String value = words.get(i + 1);
            switch (words.get(i)) {
                case "--tag" -> put(tags, value, "=");
                case "--header" -> put(headers, value, ": ");
                default -> options.put(words.get(i), value);
            }
        }
        return new Order(tags, URI.create(options.get("--url")), headers,
                Long.parseLong(options.getOrDefault("--process", "0")),
                options.containsKey("--stream"),
                Integer.parseInt(options.getOrDefault("--stream", "0")),
                Integer.parseInt(options.getOrDefault("--connections", "32")),
                Double.parseDouble(options.getOrDefault("--rate", "0")),
                Pace.duration(options.getOrDefault("--settle", "1s")),
                Pace.duration(options.getOrDefault("--measure", "10s")),
                Pace.duration(options.getOrDefault("--drain", "30s")));
    }

    private static void put(Map<String, String> map, String pair, String separator) {
        int at = pair.indexOf(separator);
        map.put(pair.substring(0, at), pair.substring(at + separator.length()));
    }

    boolean open() {
        return rate > 0;
    }

    /** The whole request, as it goes over the wire. */
    ByteBuffer request() {
        byte[] body = body().getBytes(UTF_8);
        var head = new StringBuilder("POST " + url.getPath() + " HTTP/1.1\r\nHost: " + url.getAuthority()
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n");
        headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        byte[] first = head.append("\r\n").toString().getBytes(UTF_8);
        return ByteBuffer.allocateDirect(first.length + body.length).put(first).put(body).flip();
    }

    private String body() {
        String question = """
                Our support desk gets about four hundred messages a day. They arrive by mail, by chat and through a \
                form, in three languages, and the people who answer them spend most of the morning sorting.\s""";
        String wish = """
                Write a short note to the team that explains how the new sorting works, what stays as it was, and \
                whom to ask when a message lands in the wrong place. Keep it friendly, avoid \
                the words that only we understand, and stay under two hundred words.""";
        return """
                {"model":"bench","messages":[{"role":"system","content":"You write clear, plain English for busy \
                people."},{"role":"user","content":"%s"},{"role":"assistant","content":"Understood. What should the \
                note be about?"},{"role":"user","content":"%s"}],"temperature":0.7,"max_tokens":512%s}"""
                .formatted(question.repeat(6), wish,
                        stream ? ",\"stream\":true,\"stream_options\":{\"include_usage\":true}" : "");
    }
}
