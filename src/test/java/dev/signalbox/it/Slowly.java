package dev.signalbox.it;

import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.Wire.Chunking;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/** Vendors that take their time. */
final class Slowly {

    private Slowly() {}

    /** Says hello after a while, plain or streamed as asked. */
    static Answer hello(int millis) {
        return (request, wire) -> {
            wire.silent(Duration.ofMillis(millis));
            OpenAiAnswers.hello().play(request, wire);
        };
    }

    /** Says the first token of a stream after a while, and the rest after another; a plain answer after both. */
    static Answer stream(int firstMillis, int restMillis) {
        return (request, wire) -> {
            wire.silent(Duration.ofMillis(Math.max(1, firstMillis)));
            if (request.isStream()) {
                wire.events().send(OpenAiAnswers.role()).send(OpenAiAnswers.delta("hello"));
            }
            wire.silent(Duration.ofMillis(Math.max(1, restMillis)));
            if (request.isStream()) {
                wire.send(
                                java.util.List.of(
                                        OpenAiAnswers.finish("stop"), OpenAiAnswers.usage(), OpenAiAnswers.DONE),
                                Chunking.EVENTS)
                        .end();
            } else {
                OpenAiAnswers.hello().play(request, wire);
            }
        };
    }

    /** Says hello when it gets a permit. */
    static Answer when(Semaphore permits) {
        return (request, wire) -> {
            try {
                permits.acquire();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            OpenAiAnswers.hello().play(request, wire);
        };
    }
}
