package dev.signalbox.dialect.openai;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.ChatEvent.Wire;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An answer that goes on in its own language: its bytes, and what the gateway must know of them. */
final class PassingAnswer implements AnswerDecoder {

    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

    private final boolean usageWanted;
    private final Choices choices = new Choices();
    private boolean ended;

    /**
     * @param usageWanted whether a stream's caller asked for usage
     */
    PassingAnswer(boolean usageWanted) {
        this.usageWanted = usageWanted;
    }

    @Override
    public void answer(byte[] json, Consumer<ChatEvent> sink) {
        AnswerScan scan = scan(json);
        if (!scan.hasChoices()) {
            throw new BrokenAnswer("the upstream's answer has no array 'choices'", null);
        }
        ended = true;
        sink.accept(wire(scan, json, false));
    }

    @Override
    public void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
        if (ended || isBlank(data)) {
            return;
        }
        if (isDone(data)) {
            ended = true;
            return;
        }
        if ("error".equals(name)) {
            throw UpstreamErrors.inPlaceOfAnAnswer(data);
        }
        AnswerScan scan = scan(data);
        if (usageWanted || !scan.mentionsUsage()) {
            sink.accept(wire(scan, data, false));
        } else if (scan.usage() != null && scan.hasNoChoice()) {
            sink.accept(wire(scan, data, true));
        } else {
            sink.accept(wire(scan, scan.withoutUsage(), false));
        }
    }

    private AnswerScan scan(byte[] json) {
        AnswerScan scan = AnswerScan.of(json, choices);
        if (scan.error()) {
            throw UpstreamErrors.inPlaceOfAnAnswer(json);
        }
        return scan;
    }

    private static Wire wire(AnswerScan scan, byte[] data, boolean silent) {
        return new Wire(
                null, data, scan.meaningful(), scan.usage(), scan.finished(), scan.textLength(), scan.model(), silent);
    }

    /** Whether it is the mark that ends a stream. */
    static boolean isDone(byte[] data) {
        int start = 0;
        int end = data.length;
        while (start < end && data[start] <= ' ' && data[start] >= 0) {
            start++;
        }
        while (end > start && data[end - 1] <= ' ' && data[end - 1] >= 0) {
            end--;
        }
        return Arrays.equals(data, start, end, DONE, 0, DONE.length);
    }

    /** Whether there is nothing in it; some servers keep a connection open that way. */
    static boolean isBlank(byte[] data) {
        for (byte b : data) {
            if (b > ' ' || b < 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public boolean finished() {
        return ended || choices.allEnded();
    }
}
