package dev.signalbox.cluster;

import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What Redis answers to a {@link Statement}.
 *
 * @param epoch another one when it has lost what it held; empty: a later statement was heard before, and this one was not
 * @param standings of the lines
 * @param verdicts of the wants
 * @param there who is there, and for how many milliseconds it was not seen
 */
record Told(String epoch, List<Standing> standings, List<Grant> verdicts, Map<String, Long> there) {

    /** It came too late. */
    static final Told OLD = new Told("", List.of(), List.of(), Map.of());

    /**
     * How an account stands.
     *
     * @param isOpened whether it is known what was spent before
     * @param version how often something was taken back from this replica
     * @param granted to this replica, without what was taken back
     * @param spent by all
     * @param underWay at all
     * @param free what nobody has
     * @param warns whether four fifths of the limit are spent, which nobody was told before
     */
    record Standing(boolean isOpened, int version, long granted, long spent, long underWay, long free, boolean warns) {}

    /** What becomes of a want. */
    sealed interface Grant {

        /** All of its accounts have it set aside. */
        record Given() implements Grant {}

        /** Some cannot. */
        record Denied(List<Short> by) implements Grant {
            public Denied {
                by = List.copyOf(by);
            }
        }

        /** It is not known what was spent before. */
        record Unopened(List<Integer> lines) implements Grant {
            public Unopened {
                lines = List.copyOf(lines);
            }
        }
    }

    /**
     * An account that has too little.
     *
     * @param line its index
     * @param left for this replica
     * @param idle at others, which might give it back
     * @param underWay at others
     */
    record Short(int line, long left, long idle, long underWay) {}

    static Told of(Response answer) {
        if (answer.size() == 1) {
            return OLD;
        }
        List<Standing> standings = new ArrayList<>();
        for (Response one : answer.get(1)) {
            standings.add(new Standing(
                    is(one.get(0)),
                    count(one.get(1)),
                    whole(one.get(2)),
                    whole(one.get(3)),
                    whole(one.get(4)),
                    whole(one.get(5)),
                    "1".equals(one.get(6).toString())));
        }
        List<Grant> verdicts = new ArrayList<>();
        for (Response one : answer.get(2)) {
            verdicts.add(grant(one));
        }
        Map<String, Long> there = new HashMap<>();
        Response listed = answer.get(3);
        for (int i = 0; i + 1 < listed.size(); i += 2) {
            there.put(listed.get(i).toString(), whole(listed.get(i + 1)));
        }
        return new Told(answer.get(0).toString(), standings, verdicts, there);
    }

    private static Grant grant(Response one) {
        switch (count(one.get(0))) {
            case 0 -> {
                return new Grant.Given();
            }
            case 1 -> {
                List<Short> by = new ArrayList<>();
                for (int i = 1; i < one.size(); i++) {
                    Response which = one.get(i);
                    by.add(new Short(
                            count(which.get(0)) - 1, whole(which.get(1)), whole(which.get(2)), whole(which.get(3))));
                }
                return new Grant.Denied(by);
            }
            default -> {
                List<Integer> lines = new ArrayList<>();
                for (int i = 1; i < one.size(); i++) {
                    lines.add(count(one.get(i)) - 1);
                }
                return new Grant.Unopened(lines);
            }
        }
    }

    static boolean is(Response number) {
        return count(number) == 1;
    }

    static int count(Response number) {
        return Integer.parseInt(number.toString());
    }

    /** More than can be said is as much as can be said. */
    static long whole(Response number) {
        String digits = number.toString();
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException _) {
            return digits.startsWith("-") ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }
}
