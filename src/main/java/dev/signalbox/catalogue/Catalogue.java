package dev.signalbox.catalogue;

import dev.signalbox.catalogue.Reading.KindOf;
import dev.signalbox.chat.Wildcard;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Holds the current {@link Snapshot} and makes it, from configuration and from what came over the admin API. It is exchanged
 * whole: whoever has read one goes on with that.
 */
@Singleton
public class Catalogue {

    private static final Logger LOG = Logger.getLogger(Catalogue.class);

    private final Almanac almanac = Almanac.read();
    private final CatalogueConfig config;
    private final Config raw;
    private final Map<String, KindOf> kinds = new LinkedHashMap<>();
    private final Set<String> environment;
    private final List<Follower> followers = new CopyOnWriteArrayList<>();
    private volatile Snapshot current;
    private volatile Definitions definitions = Definitions.NONE;

    /** Which kinds of provider there are; every package that speaks to a kind has a bean of this. */
    @FunctionalInterface
    public interface Kinds {
        /** The kinds it speaks to. */
        List<Kind> kinds();

        /** The names of keys that its providers have beside those that all providers have. */
        default Set<String> ownKeys() {
            return Set.of();
        }
    }

    /** Whoever makes something of a snapshot that must not wait for the first request. */
    public interface Follower {

        /**
         * Whether it could follow: nothing is in force yet.
         *
         * @throws InvalidConfig when it could not
         */
        void check(Snapshot next);

        /** Follows: that snapshot is what requests read next. It must not fail. */
        void follow(Snapshot next);
    }

    /** From where a provider or a model is. */
    public enum Source {
        /** A file says it, or a property. */
        FILE,
        /** A variable of the environment that every client of the vendor knows. */
        ENVIRONMENT,
        /** It is there when nothing else is. */
        BUILT_IN,
        /** It came over the admin API. */
        STORE
    }

    /**
     * What can be made of definitions.
     *
     * @param snapshot of all that can be used
     * @param used those
     * @param refused the others, with what is wrong
     */
    private record Fitting(Snapshot snapshot, Definitions used, Map<Definition, InvalidConfig> refused) {}

    /** Reads the configuration. */
    @Inject
    public Catalogue(CatalogueConfig config, Config raw, @Any Instance<Kinds> kinds) {
        this(config, raw, (Iterable<Kinds>) kinds);
    }

    Catalogue(CatalogueConfig config, Config raw, Iterable<Kinds> kinds) {
        this.config = config;
        this.raw = raw;
        kinds.forEach(bean ->
                bean.kinds().forEach(kind -> this.kinds.put(kind.name(), new KindOf(kind, bean.ownKeys()))));
        this.environment = reading(Definitions.NONE).ofTheEnvironment();
        this.current = read(Definitions.NONE);
    }

    private Snapshot read(Definitions from) {
        return reading(from).snapshot();
    }

    private Reading reading(Definitions from) {
        return new Reading(config, from, raw, kinds, almanac);
    }

    /** What is configured now. */
    public Snapshot current() {
        return current;
    }

    /** What came over the admin API, as far as it is in force. */
    public Definitions definitions() {
        return definitions;
    }

    /** From where the provider or model of that name is. */
    public Source source(Definition.Type type, String name) {
        boolean inFile = type == Definition.Type.PROVIDER
                ? config.providers().containsKey(name)
                : config.models().containsKey(name);
        if (inFile) {
            return Source.FILE;
        }
        if (definitions.find(type, name) != null && !isOfTheStart(type, name)) {
            return Source.STORE;
        }
        return type == Definition.Type.PROVIDER && environment.contains(name) ? Source.ENVIRONMENT : Source.BUILT_IN;
    }

    /** Whether that name is taken by what was there at the start, so that nothing that comes later can have it. */
    boolean isOfTheStart(Definition.Type type, String name) {
        return type == Definition.Type.PROVIDER
                ? config.providers().containsKey(name) || environment.contains(name)
                : config.models().containsKey(name);
    }

    /** Adds one who wants to follow; it has the current snapshot already. */
    public synchronized void followedBy(Follower follower) {
        followers.add(follower);
    }

    /**
     * Whether definitions could be in force.
     *
     * @param changed the one that is new among them; null: one is gone
     * @throws InvalidConfig when something that is in force now could not be any more, or the new one cannot
     */
    public synchronized void check(Definitions next, @Nullable Definition changed) {
        fit(next).refused().forEach((definition, why) -> {
            if (definition.equals(changed) || definitions.all().contains(definition)) {
                throw why;
            }
        });
    }

    /** Puts definitions in force, but for those that cannot be, which are told. */
    public synchronized void adopt(Definitions next) {
        Fitting fitting = fit(next);
        fitting.refused().forEach((definition, why) -> LOG.warnf("%s is left out: %s", definition, why.getMessage()));
        for (Definition definition : fitting.used().all()) {
            if (isOfTheStart(definition.type(), definition.name())) {
                LOG.warnf("%s came over the admin API, but is configured here too, which goes before", definition);
            }
        }
        for (Follower follower : followers) {
            follower.follow(fitting.snapshot());
        }
        definitions = fitting.used();
        current = fitting.snapshot();
    }

    private Fitting fit(Definitions next) {
        Map<Definition, InvalidConfig> refused = new LinkedHashMap<>();
        Definitions left = next;
        for (Definition each : next.all()) {
            if (each.locked()) {
                left = left.without(each);
                refused.put(each, new InvalidConfig(each.at(), "its credentials cannot be read"));
            }
        }
        while (true) {
            try {
                Snapshot made = read(left);
                followers.forEach(follower -> follower.check(made));
                return new Fitting(made, left, refused);
            } catch (InvalidConfig e) {
                Definition owner = left.owner(e.key());
                if (owner == null) {
                    throw e;
                }
                refused.put(owner, e);
                left = left.without(owner);
            }
        }
    }

    /** Who cannot be without the provider or model of that name, in words. */
    public List<String> referrers(Definition.Type type, String name) {
        List<String> referrers = new ArrayList<>();
        Snapshot now = current;
        for (ModelEntry model : now.models().values()) {
            ModelEntry.Fallbacks others = model.fallbacks();
            boolean refers = type == Definition.Type.PROVIDER
                    ? model.deployments().stream()
                            .anyMatch(deployment -> deployment.provider().equals(name))
                    : !model.name().equals(name)
                            && (others.any().contains(name)
                                    || others.context().contains(name)
                                    || others.content().contains(name)
                                    || others.quality().contains(name));
            if (refers) {
                referrers.add("model '" + model.name() + "'");
            }
        }
        if (type == Definition.Type.PROVIDER && now.fallbackProviders().contains(name)) {
            referrers.add("fallback-providers");
        }
        return referrers;
    }

    /**
     * What is in force, as properties of the configuration: what files and the environment say, what came over the admin API,
     * and what is there without being said.
     */
    public Map<String, String> configured(Config from) {
        Map<String, String> configured = UnreadKeys.read(from);
        configured.entrySet().removeIf(property -> isDropped(property.getKey(), property.getValue()));
        Snapshot now = current;
        for (Definition definition : definitions.all()) {
            if (!isOfTheStart(definition.type(), definition.name())) {
                configured.putAll(definition.properties());
            }
        }
        for (ProviderEntry provider : now.providers().values()) {
            Source source = source(Definition.Type.PROVIDER, provider.name());
            if (source == Source.ENVIRONMENT || source == Source.BUILT_IN) {
                configured.putAll(bare(provider));
            }
        }
        for (ModelEntry model : now.models().values()) {
            if (source(Definition.Type.MODEL, model.name()) == Source.BUILT_IN) {
                String at = "signalbox.models." + model.name() + ".deployments[0]";
                DeploymentEntry only = model.deployments().getFirst();
                configured.put(at + ".provider", only.provider());
                configured.put(at + ".model", only.model());
            }
        }
        return configured;
    }

    /** A credential whose variable is not set, which was left out. */
    private static boolean isDropped(String name, String value) {
        return name.startsWith("signalbox.providers.")
                && name.contains(".api-keys")
                && value.startsWith("${")
                && value.endsWith("}");
    }

    /** A provider of which only the kind was said, and a credential. */
    private static Map<String, String> bare(ProviderEntry provider) {
        String at = "signalbox.providers." + provider.name();
        Map<String, String> said = new LinkedHashMap<>();
        said.put(at + ".kind", provider.kind());
        if (!provider.baseUrl().isEmpty()) {
            said.put(at + ".base-url", provider.baseUrl());
        }
        for (int i = 0; i < provider.apiKeys().size(); i++) {
            said.put(at + ".api-keys[" + i + "]", provider.apiKeys().get(i));
        }
        String region = provider.cloud().region();
        if (region != null) {
            said.put(at + ".region", region);
        }
        return said;
    }

    /** The model catalogue that is built in. */
    public Almanac almanac() {
        return almanac;
    }

    /** A model that can be asked for, to show how: a configured one, or else one of a provider; null when none is known. */
    public @Nullable String example() {
        Snapshot now = current;
        for (String name : now.names()) {
            if (!Wildcard.isPattern(name)) {
                return name;
            }
        }
        for (ProviderEntry provider : now.providers().values()) {
            KindOf of = kinds.get(provider.kind());
            if (of != null && of.kind().example() != null) {
                return provider.name() + "/" + of.kind().example();
            }
        }
        return null;
    }
}
