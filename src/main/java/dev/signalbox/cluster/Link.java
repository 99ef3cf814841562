package dev.signalbox.cluster;

import dev.signalbox.catalogue.InvalidConfig;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.eclipse.microprofile.faulttolerance.Timeout;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The way to the Redis that all replicas share: one connection on which it is asked, many questions under way at the same time,
 * and one on which the others are heard. When Redis goes away the link is made again as soon as it is back.
 */
@ApplicationScoped
public class Link {

    /** How everything that is kept in Redis begins; the braces keep it together in one slot of a cluster. */
    public static final String PREFIX = "{signalbox}:";

    private static final Logger LOG = Logger.getLogger("signalbox.cluster");
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final int CONNECT_MILLIS = 1_000;
    private static final int MOST_WAITING = 65_536;

    private final Vertx vertx;
    private final @Nullable RedisOptions options;
    private final Map<String, Consumer<String>> ears = new ConcurrentHashMap<>();
    private final List<Runnable> arrivals = new CopyOnWriteArrayList<>();
    private volatile @Nullable RedisConnection asking;
    private volatile @Nullable RedisConnection hearing;
    private volatile @Nullable Redis redis;
    private volatile boolean isEnding;

    /** Not connected yet. */
    public Link(ClusterConfig config, Vertx vertx) {
        this.vertx = vertx;
        this.options = config.redis()
                .filter(address -> !address.isBlank())
                .map(Link::options)
                .orElse(null);
    }

    private static RedisOptions options(String address) {
        URI uri;
        try {
            uri = new URI(address.strip());
        } catch (URISyntaxException e) {
            throw new InvalidConfig("signalbox.cluster.redis", "is not an address"); // it may hold a password
        }
        boolean tls = "rediss".equals(uri.getScheme());
        if ((!tls && !"redis".equals(uri.getScheme())) || uri.getHost() == null) {
            throw new InvalidConfig(
                    "signalbox.cluster.redis", "must be like redis://host:6379 or rediss://user:password@host:6379/0");
        }
        NetClientOptions net =
                new NetClientOptions().setTcpNoDelay(true).setTcpKeepAlive(true).setConnectTimeout(CONNECT_MILLIS);
        if (tls) {
            net.setSsl(true).setHostnameVerificationAlgorithm("HTTPS");
        }
        return new RedisOptions()
                .setConnectionString(address.strip())
                .setNetClientOptions(net)
                .setMaxPoolSize(2)
                .setPoolCleanerInterval(-1)
                .setMaxWaitingHandlers(MOST_WAITING);
    }

    void start(@Observes @Priority(1) StartupEvent event) {
        if (options != null) {
            vertx.getOrCreateContext().runOnContext(_ -> connect(FIRST_PAUSE));
        }
    }

    void stop(@Observes @Priority(Integer.MAX_VALUE) ShutdownEvent event) {
        isEnding = true;
        Redis open = redis;
        if (open != null) {
            open.close();
        }
    }

    /** Whether there is to be one; without it this is the only replica. */
    public boolean isConfigured() {
        return options != null;
    }

    /** Whether Redis is connected. One that is connected may be slow, or refuse. */
    public boolean isConnected() {
        return asking != null && hearing != null;
    }

    /** Runs each time when a connection was made, the first included. */
    public void onArrival(Runnable action) {
        arrivals.add(action);
    }

    /**
     * Hears what is {@linkplain #publish published} on a channel, also what comes from here. What was said while the link was
     * broken is not heard.
     */
    public void hear(String channel, Consumer<String> ear) {
        ears.put(PREFIX + channel, ear);
        RedisConnection open = hearing;
        if (open != null) {
            open.send(Request.cmd(Command.SUBSCRIBE).arg(PREFIX + channel));
        }
    }

    /** Tells all replicas something. Whether it reaches them is not known. */
    public void publish(String channel, String message) {
        RedisConnection open = asking;
        if (open != null) {
            open.send(Request.cmd(Command.PUBLISH).arg(PREFIX + channel).arg(message));
        }
    }

    /**
     * Runs a script. When Redis does not answer in time, or too often of late, it fails at once, though the script may have run
     * or may run yet: it has to bear being told twice.
     *
     * @param keys without the {@linkplain #PREFIX prefix}, which they get here
     * @return on the connection's own event loop
     */
    @Timeout(value = 250, unit = ChronoUnit.MILLIS)
    @CircuitBreaker(requestVolumeThreshold = 20, failureRatio = 0.5, delay = 1, delayUnit = ChronoUnit.SECONDS)
    public Uni<Response> run(Script script, List<String> keys, List<String> arguments) {
        return unguarded(script, keys, arguments);
    }

    /** The same without a deadline and without an eye on what came of others, for what asks again and again by itself. */
    Uni<Response> unguarded(Script script, List<String> keys, List<String> arguments) {
        return Uni.createFrom().completionStage(() -> {
            RedisConnection open = asking;
            return (open == null
                            ? Future.<@Nullable Response>failedFuture(new IllegalStateException("Redis is away"))
                            : sent(open, script, keys, arguments))
                    .toCompletionStage();
        });
    }

    private static Future<@Nullable Response> sent(
            RedisConnection open, Script script, List<String> keys, List<String> arguments) {
        return open.send(request(Command.EVALSHA, script.sha1(), keys, arguments))
                .recover(failure -> String.valueOf(failure.getMessage()).startsWith("NOSCRIPT")
                        ? open.send(request(Command.EVAL, script.text(), keys, arguments))
                        : Future.<@Nullable Response>failedFuture(failure));
    }

    private static Request request(Command command, String script, List<String> keys, List<String> arguments) {
        Request request = Request.cmd(command).arg(script).arg(keys.size());
        for (String key : keys) {
            request.arg(PREFIX + key);
        }
        for (String argument : arguments) {
            request.arg(argument);
        }
        return request;
    }

    /** Each time with a client of its own: a pool would give the connections back that nobody answers any more. */
    private void connect(Duration pause) {
        if (isEnding || options == null) {
            return;
        }
        Redis client = Redis.createClient(vertx, options);
        redis = client;
        client.connect()
                .compose(one -> client.connect().compose(other -> listen(other).map(_ -> List.of(one, other))))
                .onSuccess(both -> connected(both.getFirst(), both.getLast()))
                .onFailure(failure -> {
                    LOG.debugf("Redis cannot be reached: %s", failure.getMessage());
                    client.close();
                    Duration twice = pause.multipliedBy(2);
                    Duration next = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
                    vertx.setTimer(pause.toMillis(), _ -> connect(next));
                });
    }

    private Future<@Nullable Response> listen(RedisConnection connection) {
        connection.handler(this::heard);
        return subscribed(connection);
    }

    private Future<@Nullable Response> subscribed(RedisConnection connection) {
        return ears.isEmpty()
                ? Future.succeededFuture()
                : connection.send(
                        ears.keySet().stream().reduce(Request.cmd(Command.SUBSCRIBE), Request::arg, (one, _) -> one));
    }

    private void heard(Response message) {
        if (message.type() != ResponseType.MULTI && message.type() != ResponseType.PUSH) {
            return;
        }
        if (message.size() == 3 && "message".equals(message.get(0).toString())) {
            Consumer<String> ear = ears.get(message.get(1).toString());
            if (ear != null) {
                ear.accept(message.get(2).toString());
            }
        }
    }

    private void connected(RedisConnection toAsk, RedisConnection toHear) {
        asking = toAsk;
        hearing = toHear;
        subscribed(toHear); // to what was added while the connection was made, too
        LOG.info("Redis is connected: limits and budgets are shared with other replicas");
        for (RedisConnection one : List.of(toAsk, toHear)) {
            one.exceptionHandler(_ -> lost(toAsk));
            one.endHandler(_ -> lost(toAsk));
        }
        arrivals.forEach(Runnable::run);
    }

    /** Whoever finds that nothing comes back any more says so; then the link is made anew. */
    public void abandon() {
        RedisConnection toAsk = asking;
        if (toAsk != null) {
            lost(toAsk);
        }
    }

    private synchronized void lost(RedisConnection toAsk) {
        if (!toAsk.equals(asking)) {
            return;
        }
        asking = null;
        hearing = null;
        if (isEnding) {
            return;
        }
        LOG.warn("Redis is away: limits hold per replica at their share, budgets spend what was set aside before");
        Redis client = redis;
        if (client != null) {
            client.close();
        }
        vertx.setTimer(FIRST_PAUSE.toMillis(), _ -> connect(FIRST_PAUSE));
    }
}
