import java.util.SplittableRandom;

/** What goes wrong with an attempt. */
enum Fault {
    NONE,
    /** An error of the server: 500. */
    ERROR_500,
    /** 503. */
    BUSY_503,
    /** 529, as Anthropic says that it is busy. */
    BUSY_529,
    /** 429 with a rest in seconds. */
    LIMIT_SECONDS,
    /** 429 with a rest in milliseconds. */
    LIMIT_MILLIS,
    /** 429 with the date at which the rest ends. */
    LIMIT_DATE,
    /** 429 that says when a limit is whole again, and nothing else. */
    LIMIT_RESET,
    /** The connection ends in good order before the answer. */
    CLOSED,
    /** The connection is reset before the answer. */
    RESET,
    /** 200, and nothing in it. */
    EMPTY,
    /** 200 with half a JSON, or an event with half a JSON. */
    BROKEN_JSON,
    /** An error inside a 200. */
    ERROR_IN_200,
    /** The caller is left waiting. */
    SILENT,
    /** The answer is cut anywhere; that of a stream between two events or in one. */
    CUT,
    /** The answer is cut inside a character of several bytes. */
    CUT_IN_CHARACTER,
    /** The answer stops anywhere, and the connection stays open. */
    STALL,
    /** A stream has an error in it, or a plain answer is cut. */
    ERROR_IN_MIDDLE,
    /** A stream ends in good order, but without its end. */
    NO_END;

    private static final Fault[] FAULTS = values();

    /** One of them with such a probability, each as likely as the others. */
    static Fault draw(SplittableRandom random, double probability) {
        return random.nextDouble() >= probability ? NONE : FAULTS[1 + random.nextInt(FAULTS.length - 1)];
    }

    /** Whether it shows before anything was said. */
    boolean isEarly() {
        return this != NONE && compareTo(CUT) < 0;
    }
}
