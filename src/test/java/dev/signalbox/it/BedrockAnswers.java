package dev.signalbox.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.signalbox.dialect.bedrock.Frames;
import dev.signalbox.it.FakeVendor.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What Bedrock says. */
final class BedrockAnswers {

    /** Eleven tokens of the prompt, a hundred from the cache, twenty into it; nine of the answer. */
    static final String USAGE = """
            {"inputTokens":11,"outputTokens":9,"totalTokens":140,"cacheReadInputTokens":100,"cacheWriteInputTokens":20}""";

    private BedrockAnswers() {}

    /** Says hello, plain or streamed as asked. */
    static Answer hello() {
        return (request, wire) -> {
            if (request.path().endsWith("-stream")) {
                stream(stream("hello")).play(request, wire);
            } else {
                wire.answer(200, message("{\"text\":\"hello\"}", "end_turn"));
            }
        };
    }

    static String message(String content, String stopReason) {
        return """
                {"output":{"message":{"role":"assistant","content":[%s]}},"stopReason":"%s","usage":%s,\
                "metrics":{"latencyMs":7}}""".formatted(content, stopReason, USAGE);
    }

    /** An error in Bedrock's shape. */
    static Answer error(int status, String type, String message) {
        return (_, wire) -> wire.answer(
                status, "{\"message\":" + Shapes.quoted(message) + "}", "x-amzn-errortype", type + ":http://internal/");
    }

    /** A whole stream that says this, a word a message, with usage. */
    static List<byte[]> stream(String words) {
        List<byte[]> frames = new ArrayList<>();
        frames.add(start());
        for (String word : words.split("(?<= )")) {
            frames.add(text(word));
        }
        frames.add(Frames.event("contentBlockStop", "{\"contentBlockIndex\":0}"));
        frames.addAll(end("end_turn"));
        return frames;
    }

    static byte[] start() {
        return Frames.event("messageStart", "{\"p\":\"abcdef\",\"role\":\"assistant\"}");
    }

    static byte[] text(String words) {
        return Frames.event(
                "contentBlockDelta",
                "{\"contentBlockIndex\":0,\"delta\":{\"text\":" + Shapes.quoted(words) + "},\"p\":\"abc\"}");
    }

    static List<byte[]> end(String stopReason) {
        return List.of(
                Frames.event("messageStop", "{\"stopReason\":\"" + stopReason + "\"}"),
                Frames.event("metadata", "{\"usage\":" + USAGE + ",\"metrics\":{\"latencyMs\":7}}"));
    }

    /** These messages, one a packet, and the end. */
    static Answer stream(List<byte[]> frames) {
        return (_, wire) -> {
            begin(wire);
            for (byte[] frame : frames) {
                chunk(wire, frame);
            }
            wire.end();
        };
    }

    /** These messages in pieces of that size, and the end. */
    static Answer pieces(List<byte[]> frames, int size) {
        byte[] all = Frames.joined(frames.toArray(byte[][]::new));
        return (_, wire) -> {
            begin(wire);
            for (int from = 0; from < all.length; from += size) {
                chunk(wire, Arrays.copyOfRange(all, from, Math.min(all.length, from + size)));
            }
            wire.end();
        };
    }

    /** These messages, and then the connection is closed. */
    static Answer cut(List<byte[]> frames) {
        return (_, wire) -> {
            begin(wire);
            for (byte[] frame : frames) {
                chunk(wire, frame);
            }
            wire.cut();
        };
    }

    private static void begin(Wire wire) throws IOException {
        wire.write(("HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\n"
                        + "transfer-encoding: chunked\r\n\r\n")
                .getBytes(ISO_8859_1));
    }

    private static void chunk(Wire wire, byte[] bytes) throws IOException {
        byte[] size = (Integer.toHexString(bytes.length) + "\r\n").getBytes(ISO_8859_1);
        wire.write(Frames.joined(size, bytes, new byte[] {'\r', '\n'}));
    }
}
