package dev.signalbox.dialect.gemini;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The ids of the calls of one conversation. Gemini may give none: results then belong to calls by name and order. Other
 * languages need ids, so that calls without one get one, the same whenever the conversation is told again.
 */
final class CallIds {

    /** How the ids begin that Gemini never gave, and is never shown. */
    static final String MADE = "signalbox_";

    private record Open(String id, String name) {}

    private final Set<String> used = new HashSet<>();
    private final List<Open> open = new ArrayList<>(2);
    private int made;

    /** These ids are in the conversation. */
    void use(Set<String> ids) {
        used.addAll(ids);
    }

    /** The id of a call that comes next. */
    String ofCall(@Nullable String given, String name) {
        String id = given == null || given.isEmpty() ? next() : given;
        used.add(id);
        open.add(new Open(id, name));
        return id;
    }

    private String next() {
        String id = MADE + "call_" + made++;
        while (used.contains(id)) {
            id = MADE + "call_" + made++;
        }
        return id;
    }

    /** The id of the call that a result is of: the one that it names, else the first of that name that has no result yet. */
    String ofResult(@Nullable String given, String name) {
        boolean named = given != null && !given.isEmpty();
        for (Iterator<Open> each = open.iterator(); each.hasNext(); ) {
            Open call = each.next();
            if (named ? call.id().equals(given) : call.name().equals(name)) {
                each.remove();
                return call.id();
            }
        }
        return named ? String.valueOf(given) : next();
    }
}
