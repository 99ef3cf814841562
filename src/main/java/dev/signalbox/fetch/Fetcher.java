package dev.signalbox.fetch;

import dev.signalbox.catalogue.InvalidConfig;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.fetch.AddressRules.Network;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fetches pictures and documents that callers name by address, for upstreams that take bytes only: when the configuration
 * says so, from public addresses, within bounds of size and time.
 */
@Singleton
@Startup
public class Fetcher {

    private static final int CONNECTIONS_PER_HOST = 8;

    /** As many as vendors take pictures; more would make of one request a flood of them. */
    private static final int MOST_ADDRESSES = 100;

    private final Vertx vertx;
    private final boolean enabled;
    private final long maxBytes;
    private final Duration timeout;
    private final AddressRules rules;
    private @Nullable HttpClient client;

    /** Opens no connection yet. */
    public Fetcher(Vertx vertx, FetchConfig config) {
        this.vertx = vertx;
        this.enabled = config.enabled();
        this.maxBytes = config.maxBytes().asLongValue();
        this.timeout = config.timeout();
        try {
            this.rules = new AddressRules(config.allow().orElse(List.of()).stream()
                    .map(Network::parse)
                    .toList());
        } catch (IllegalArgumentException e) {
            throw new InvalidConfig("signalbox.fetch.allow", String.valueOf(e.getMessage()));
        }
        if (!timeout.isPositive()) {
            throw new InvalidConfig("signalbox.fetch.timeout", "must be longer than nothing, but is " + timeout);
        }
    }

    /**
     * Whether everything that a language could not say of an exchange are addresses in place of bytes, and some of them have
     * not been fetched yet.
     */
    public boolean canHelp(Exchange exchange, List<Unsaid> unsaid) {
        return enabled
                && unsaid.stream().allMatch(part -> part.url() != null)
                && unsaid.stream().anyMatch(part -> !exchange.fetched().containsKey(part.url()));
    }

    /** Whether anything is fetched at all. */
    public boolean isEnabled() {
        return enabled;
    }

    /**
     * Fetches what is at those addresses, and gives it to the exchange.
     *
     * @return ends when all of it is there, or with an {@link dev.signalbox.chat.InvalidRequest} that names the part
     */
    public Uni<Void> fetch(Exchange exchange, List<Unsaid> unsaid) {
        Map<String, String> paths = new LinkedHashMap<>();
        for (Unsaid part : unsaid) {
            String url = part.url();
            if (url != null && !exchange.fetched().containsKey(url)) {
                paths.putIfAbsent(url, part.path());
            }
        }
        if (paths.size() + exchange.fetched().size() > MOST_ADDRESSES) {
            String path = paths.values().iterator().next();
            return Uni.createFrom()
                    .failure(new InvalidRequest(
                            "'" + path + "': at most " + MOST_ADDRESSES + " addresses are fetched for a request",
                            path));
        }
        return Uni.createFrom().completionStage(() -> {
            var fetching = new Fetching(vertx, client(), rules, exchange, maxBytes);
            return fetching.run(paths, timeout).toCompletionStage();
        });
    }

    private synchronized HttpClient client() {
        HttpClient made = client;
        if (made == null) {
            made = vertx.createHttpClient(new HttpClientOptions()
                    .setMaxPoolSize(CONNECTIONS_PER_HOST)
                    .setKeepAlive(false)
                    .setVerifyHost(true));
            client = made;
        }
        return made;
    }
}
