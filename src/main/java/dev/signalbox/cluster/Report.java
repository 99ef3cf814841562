package dev.signalbox.cluster;

import dev.signalbox.limits.Untold;
import dev.signalbox.limits.Who;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a replica tells Redis about limits, as {@code report.lua} reads it. It may be sent again: its number says whether it has
 * arrived before.
 *
 * @param number one more than that of the report before
 * @param isComplete whether with it everything is told
 * @param whom is told about
 * @param keys of Redis
 * @param arguments of the script
 */
record Report(long number, boolean isComplete, Set<Who> whom, List<String> keys, List<String> arguments) {

    Report {
        whom = Set.copyOf(whom);
        keys = List.copyOf(keys);
        arguments = List.copyOf(arguments);
    }

    /** A request of which nobody knows whether Redis has let it in: as if it had not. */
    record Undone(String id, List<Who> whom) {
        Undone {
            whom = List.copyOf(whom);
        }
    }

    /** What is used by one who has limits is kept there. */
    static String key(Who who) {
        String kind = switch (who.kind()) {
            case KEY -> "rate:k:";
            case TEAM -> "rate:t:";
            case PROVIDER -> "rate:p:";
        };
        return kind + who.id();
    }

    /** Gathers one. */
    static final class Draft {
        private static final int LARGE = 4_000;
        private final List<String> answered = new ArrayList<>();
        private final List<Undone> undone = new ArrayList<>();
        private final Map<Who, Untold> told = new LinkedHashMap<>();
        private int size;

        void answered(String id) {
            answered.add(id);
            size++;
        }

        void undo(Undone one) {
            undone.add(one);
            size += 4;
        }

        void tell(Who who, Untold untold) {
            told.put(who, untold);
            size += 4 + 2 * untold.slices().size();
        }

        boolean isEmpty() {
            return size == 0;
        }

        /** Redis does nothing else while it reads one. */
        boolean isLarge() {
            return size >= LARGE;
        }

        Report numbered(long number, String desk, String desks, String replica, boolean isComplete) {
            List<String> keys = new ArrayList<>(List.of(desk, desks));
            Map<Who, String> places = new LinkedHashMap<>();
            List<String> arguments =
                    new ArrayList<>(List.of("", replica, Long.toString(number), isComplete ? "1" : "0"));
            arguments.add(Integer.toString(answered.size()));
            arguments.addAll(answered);
            arguments.add(Integer.toString(undone.size()));
            for (Undone one : undone) {
                arguments.add(one.id());
                arguments.add(Integer.toString(one.whom().size()));
                one.whom().forEach(who -> arguments.add(place(who, keys, places)));
            }
            told.forEach((who, untold) -> {
                arguments.add(place(who, keys, places));
                arguments.add((untold.isWhole() ? "=" : "") + untold.places());
                arguments.add(Integer.toString(untold.slices().size()));
                untold.slices().forEach((slice, use) -> {
                    arguments.add(slice.toString());
                    arguments.add(Long.toString(use.requests()));
                    arguments.add(Long.toString(use.tokens()));
                });
            });
            return new Report(number, isComplete, places.keySet(), keys, arguments);
        }

        private static String place(Who who, List<String> keys, Map<Who, String> places) {
            return places.computeIfAbsent(who, w -> {
                keys.add(key(w));
                return Integer.toString(keys.size());
            });
        }
    }
}
