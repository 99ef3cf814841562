package dev.signalbox.admin;

import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.catalogue.Snapshot;
import dev.signalbox.catalogue.UnreadKeys;
import dev.signalbox.chat.Wildcard;
import dev.signalbox.keys.KeyRing;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.HttpServerStart;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** What is said at the start: where the gateway is, what can be asked for, and how to ask. */
@ApplicationScoped
public class Greeting {

    private static final Logger LOG = Logger.getLogger("signalbox");
    private static final int MOST_NAMED = 10;

    private final Catalogue catalogue;
    private final KeyRing keys;
    private final Config config;
    private final String host;
    private final int port;

    /** For CDI. */
    public Greeting(
            Catalogue catalogue,
            KeyRing keys,
            Config config,
            @ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "quarkus.http.port") int port) {
        this.catalogue = catalogue;
        this.keys = keys;
        this.config = config;
        this.host = host;
        this.port = port;
    }

    void warn(@Observes @Priority(Integer.MAX_VALUE) StartupEvent started) {
        Set<String> unread = UnreadKeys.of(config);
        if (!unread.isEmpty()) {
            LOG.warnf("nothing reads these configuration keys: %s", String.join(", ", unread));
        }
    }

    /** Once the address is really ours. */
    void greet(@ObservesAsync HttpServerStart started) {
        Snapshot now = catalogue.current();
        List<String> names =
                now.names().stream().filter(n -> !Wildcard.isPattern(n)).toList();
        String providers = String.join(", ", now.providers().keySet());
        String example = catalogue.example();
        String address = "http://" + (host.equals("0.0.0.0") ? "localhost" : host) + ":" + port;
        LOG.infof(
                "Signalbox is at %s/v1 (%s)", address, keys.isOpen() ? "open mode: this machine only" : "virtual keys");
        LOG.infof(
                "models: %s; and every model of a provider as PROVIDER/MODEL, with provider %s",
                names.isEmpty()
                        ? "none configured"
                        : String.join(", ", names.subList(0, Math.min(MOST_NAMED, names.size()))),
                providers);
        LOG.infof(
                "try: curl %s/v1/chat/completions -H 'content-type: application/json'%s -d '{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello!\"}]}'",
                address,
                keys.isOpen() ? "" : " -H \"authorization: Bearer $SIGNALBOX_KEY\"",
                example == null ? "PROVIDER/MODEL" : example);
    }
}
