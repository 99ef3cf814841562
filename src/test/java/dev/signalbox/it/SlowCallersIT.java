package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Callers who take their time, with what they send or with what they are sent, cost the gateway little and others nothing. */
@Timeout(120)
class SlowCallersIT {

    private static final Lanes LANES = Lanes.of(2).each("signalbox.providers.a%d.idle-timeout", "5m");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES).heap("160m");

    private static final int CALLERS = 300;

    private static final String HEADERS = "host: localhost\r\ncontent-type: application/json\r\n";
    private static final String START = "POST /v1/chat/completions HTTP/1.1\r\n" + HEADERS;

    @Test
    void hundredsWhoDoNotReadAreHeldBack() throws IOException {
        String words = "word ".repeat(2_000);
        LANES.lane(0).first().answers((_, wire) -> {
            wire.events().send(OpenAiAnswers.role());
            // ten megabytes each: three gigabytes, if anybody kept them
            for (int i = 0; i < 1_000; i++) {
                wire.send(OpenAiAnswers.delta(words));
            }
            wire.send(OpenAiAnswers.finish("stop")).send(OpenAiAnswers.DONE).end();
        });
        String body = Shapes.streamed("m0");
        List<RawCaller> callers = new ArrayList<>();
        try {
            for (int i = 0; i < CALLERS; i++) {
                var caller = new RawCaller(GATEWAY);
                callers.add(caller);
                caller.send(START + "content-length: " + body.length() + "\r\n\r\n" + body);
                if (i % 50 == 49) {
                    assertThat(GATEWAY.ask("m1").statusCode()).isEqualTo(200);
                }
            }
            Await.until(
                    "all are being answered",
                    Duration.ofSeconds(30),
                    () -> GATEWAY.metrics().contains("signalbox_active_requests " + CALLERS + ".0"));
            for (int i = 0; i < 20; i++) {
                assertThat(GATEWAY.ask("m1").statusCode()).isEqualTo(200);
            }
        } finally {
            callers.forEach(RawCaller::close);
        }
        Await.until(
                "nobody is inside any more",
                Duration.ofSeconds(30),
                () -> GATEWAY.metrics().contains("signalbox_active_requests 0.0"));
        assertThat(GATEWAY.log()).doesNotContain("OutOfMemory");
    }

    @Test
    void whoSendsAByteNowAndThenIsHungUpOn() throws Exception {
        String body = Shapes.question("m1");
        List<RawCaller> heads = new ArrayList<>();
        List<RawCaller> bodies = new ArrayList<>();
        List<RawCaller> second = new ArrayList<>();
        var stop = new AtomicBoolean();
        try {
            for (int i = 0; i < 50; i++) {
                var head = new RawCaller(GATEWAY);
                head.send("POST /v1/chat/");
                heads.add(head);
                var slow = new RawCaller(GATEWAY);
                slow.send(START + "content-length: " + body.length() + "\r\n\r\n" + body.substring(0, 5));
                bodies.add(slow);
                var again = new RawCaller(GATEWAY);
                again.send(START + "content-length: " + body.length() + "\r\n\r\n" + body);
                assertThat(again.answer(10_000).status()).isEqualTo(200);
                again.send("GET /v1/mod");
                second.add(again);
            }
            Thread dripping = Thread.ofVirtual().start(() -> {
                while (!stop.get()) {
                    heads.forEach(caller -> caller.send("x"));
                    bodies.forEach(caller -> caller.send(" "));
                    second.forEach(caller -> caller.send("x"));
                    Gateway.pause(Duration.ofSeconds(2));
                }
            });
            for (RawCaller caller : bodies) {
                RawCaller.Answer answer = caller.answer(40_000);
                assertThat(answer.status()).isEqualTo(408);
                assertThat(answer.code()).isEqualTo("request_timeout");
            }
            for (RawCaller caller : heads) {
                assertThat(caller.isHungUpOnWithin(40_000)).isTrue();
            }
            for (RawCaller caller : second) {
                assertThat(caller.isHungUpOnWithin(40_000)).isTrue();
            }
            for (RawCaller caller : bodies) {
                assertThat(caller.isHungUpOnWithin(40_000)).isTrue();
            }
            stop.set(true);
            dripping.join();
            assertThat(GATEWAY.ask("m1").statusCode()).isEqualTo(200);
        } finally {
            stop.set(true);
            List.of(heads, bodies, second).forEach(all -> all.forEach(RawCaller::close));
        }
    }
}
