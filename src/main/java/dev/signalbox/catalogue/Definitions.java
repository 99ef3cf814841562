package dev.signalbox.catalogue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What came over the admin API, all of it, at one moment.
 *
 * @param version grows with every change; 0: nothing was ever changed
 * @param all in the order in which they were made
 */
public record Definitions(long version, List<Definition> all) {

    /** Nothing. */
    public static final Definitions NONE = new Definitions(0, List.of());

    public Definitions {
        all = List.copyOf(all);
    }

    /** The providers, or the models. */
    public List<Definition> of(Definition.Type type) {
        return all.stream().filter(definition -> definition.type() == type).toList();
    }

    /** The one of that name; null when there is none. */
    public @Nullable Definition find(Definition.Type type, String name) {
        for (Definition definition : all) {
            if (definition.type() == type && definition.name().equals(name)) {
                return definition;
            }
        }
        return null;
    }

    /** The same with one more, in the place of the one of that name if there is one. */
    public Definitions with(Definition added) {
        List<Definition> next = new ArrayList<>(all);
        next.replaceAll(each -> isSame(each, added) ? added : each);
        if (!next.contains(added)) {
            next.add(added);
        }
        return new Definitions(version, next);
    }

    /** The same without one. */
    public Definitions without(Definition removed) {
        return new Definitions(
                version, all.stream().filter(each -> !isSame(each, removed)).toList());
    }

    private static boolean isSame(Definition one, Definition other) {
        return one.type() == other.type() && one.name().equals(other.name());
    }

    /** The one that a key in a message belongs to; null: none of them. */
    @Nullable Definition owner(String key) {
        for (Definition definition : all) {
            if (definition.holds(key)) {
                return definition;
            }
        }
        return null;
    }

    /**
     * As the configuration would read them.
     *
     * @param ownKeys the names of the keys that a kind of provider alone has
     * @throws InvalidConfig for a value that cannot be read, and for a key that does not exist
     */
    CatalogueConfig config(Function<String, Set<String>> ownKeys) {
        Map<String, String> properties = new HashMap<>();
        for (Definition definition : all) {
            Set<String> own = definition.type() == Definition.Type.PROVIDER
                    ? ownKeys.apply(definition.keys().path("kind").asText())
                    : Set.of();
            properties.putAll(definition.common(own));
        }
        return Mapped.of(CatalogueConfig.class, "signalbox", properties);
    }
}
