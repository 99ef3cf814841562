package dev.signalbox.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.upstream.Fleet;
import dev.signalbox.upstream.Hint;
import dev.signalbox.upstream.Hints;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Response;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Tells other replicas at once what this one learns of upstreams, and hears what they tell. What was missed, by a replica that
 * started later or while the link was broken, is read from where hints are kept until they are over. Times go over the wire as
 * what is left of them, so that clocks need not agree.
 */
@ApplicationScoped
public class SharedHints implements Hints {

    private static final Logger LOG = Logger.getLogger("signalbox.cluster");
    private static final List<String> KEYS = List.of("hints");
    private static final String CHANNEL = "hints";
    private static final long LOOK_MILLIS = 5_000;
    private static final int MOST_KEPT = 10_000;
    /** How many may be under way, when Redis does not answer. */
    private static final int MOST_UNANSWERED = 1_000;

    private final Link link;
    private final String self;
    private final BiConsumer<Hint, Duration> ear;
    private final Vertx vertx;
    private final Script tell = Script.named("hint");
    private final Script read = Script.named("hints");
    private final AtomicInteger unanswered = new AtomicInteger();
    private long timer = -1;

    /** For CDI. */
    @Inject
    public SharedHints(Link link, Replicas replicas, Fleet fleet, Vertx vertx) {
        this(link, replicas.self(), fleet::heard, vertx);
    }

    /** @param ear is told what others tell, on the event loop on which Redis answers */
    SharedHints(Link link, String self, BiConsumer<Hint, Duration> ear, Vertx vertx) {
        this.link = link;
        this.self = self;
        this.ear = ear;
        this.vertx = vertx;
    }

    /** Before the link is made, so that it begins with this ear. */
    void start(@Observes @Priority(0) StartupEvent event) {
        if (link.isConfigured()) {
            link.hear(CHANNEL, this::heard);
            link.onArrival(this::read);
            timer = vertx.setPeriodic(LOOK_MILLIS, _ -> read());
        }
    }

    void stop(@Observes ShutdownEvent event) {
        if (timer >= 0) {
            vertx.cancelTimer(timer);
        }
    }

    @Override
    public void tell(Hint hint, Duration left) {
        if (!link.isConnected() || left.isNegative()) {
            return;
        }
        run(
                tell,
                List.of(
                        written(hint),
                        Long.toString(left.toMillis()),
                        Link.PREFIX + CHANNEL,
                        Integer.toString(MOST_KEPT)),
                _ -> {});
    }

    private void run(Script script, List<String> arguments, Consumer<Response> answered) {
        if (unanswered.incrementAndGet() > MOST_UNANSWERED) {
            unanswered.decrementAndGet();
            return;
        }
        link.unguarded(script, KEYS, arguments)
                .onTermination()
                .invoke(() -> unanswered.decrementAndGet())
                .subscribe()
                .with(answered, failure -> LOG.debugf("hints: %s", failure.getMessage()));
    }

    private void heard(String message) {
        int space = message.indexOf(' ');
        if (space > 0) {
            heard(message.substring(space + 1), Long.parseLong(message.substring(0, space)));
        }
    }

    private void read() {
        if (link.isConnected()) {
            run(read, List.of(), answer -> {
                long now = number(answer.get(0));
                for (int i = 1; i + 1 < answer.size(); i += 2) {
                    heard(answer.get(i).toString(), number(answer.get(i + 1)) - now);
                }
            });
        }
    }

    private static long number(Response part) {
        return Long.parseLong(part.toString());
    }

    private void heard(String written, long leftMillis) {
        try {
            JsonNode said = Json.read(written);
            Hint hint = said.path("from").asText().equals(self) ? null : hint(said);
            if (hint != null) {
                ear.accept(hint, Duration.ofMillis(leftMillis));
            }
        } catch (JsonProcessingException e) {
            LOG.debugf("a hint is no JSON: %s", e.getMessage());
        }
    }

    private String written(Hint hint) {
        ObjectNode said = Json.object().put("from", self);
        switch (hint) {
            case Hint.Rest rest ->
                said.put("type", "rest")
                        .put("provider", rest.provider())
                        .put("credential", rest.credential())
                        .put("rejected", rest.isRejected());
            case Hint.Unwell unwell -> said.put("type", unwell.trouble().name()).put("deployment", unwell.deployment());
        }
        return Json.text(said);
    }

    /** What was said; null when this version knows nothing of it. */
    private static @Nullable Hint hint(JsonNode said) {
        String type = said.path("type").asText();
        return switch (type) {
            case "rest" ->
                new Hint.Rest(
                        said.path("provider").asText(),
                        said.path("credential").asText(),
                        said.path("rejected").asBoolean());
            case "CIRCUIT", "MISSING" -> new Hint.Unwell(said.path("deployment").asText(), Hint.Trouble.valueOf(type));
            default -> null;
        };
    }
}
