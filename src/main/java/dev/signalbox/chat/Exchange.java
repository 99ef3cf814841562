package dev.signalbox.chat;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One chat request on its way through the gateway, from the door to the ledger. */
public final class Exchange {

    private final String id;
    private final Instant time;
    private final long startNanos;
    private final String dialect;
    private final Operation operation;
    private final Caller caller;
    private final Controls controls;
    private final String model;
    private final boolean stream;
    private final boolean usageWanted;
    private final @Nullable Body body;
    private final Supplier<Prompt> decoder;
    private final Map<String, String> forwarded;
    private final @Nullable String version;
    private final String address;
    private final @Nullable String user;
    private final Trail trail;
    private final Cancellation cancellation;
    private final @Nullable Exchange whole;
    private final @Nullable Continued continued;
    private @Nullable Prompt prompt;
    private Map<String, Part.Media.Base64> fetched = Map.of();
    private boolean callerGone;

    /**
     * @param arrival who came when, and what they asked of the gateway itself
     * @param dialect the language of the body and of the answer
     * @param operation what is asked of the model
     * @param model the model as the caller named it
     * @param stream whether the answer is wanted in pieces
     * @param usageWanted whether a stream is to end with usage
     * @param body the caller's bytes; null when the caller is Java code
     * @param decoder makes the prompt; called once at most, and only when someone must translate
     * @param user the caller's own end user, if said
     */
    public Exchange(
            Arrival arrival,
            String dialect,
            Operation operation,
            String model,
            boolean stream,
            boolean usageWanted,
            @Nullable Body body,
            Supplier<Prompt> decoder,
            @Nullable String user) {
        this.id = arrival.id();
        this.time = arrival.time();
        this.startNanos = arrival.nanos();
        this.caller = arrival.caller();
        this.controls = arrival.controls();
        this.forwarded = arrival.forwarded();
        this.version = arrival.version();
        this.address = arrival.address();
        this.dialect = dialect;
        this.operation = operation;
        this.model = model;
        this.stream = stream;
        this.usageWanted = usageWanted;
        this.body = body;
        this.decoder = decoder;
        this.user = user;
        this.trail = new Trail();
        this.cancellation = new Cancellation();
        this.whole = null;
        this.continued = null;
    }

    private Exchange(Exchange whole, Continued continued) {
        this.id = whole.id;
        this.time = whole.time;
        this.startNanos = whole.startNanos;
        this.caller = whole.caller;
        this.controls = whole.controls;
        this.forwarded = whole.forwarded;
        this.version = whole.version;
        this.address = whole.address;
        this.dialect = whole.dialect;
        this.operation = whole.operation;
        this.model = whole.model;
        this.stream = whole.stream;
        this.usageWanted = whole.usageWanted;
        this.body = whole.body;
        this.decoder = continued::prompt;
        this.user = whole.user;
        this.trail = whole.trail;
        this.cancellation = whole.cancellation;
        this.whole = whole;
        this.continued = continued;
        this.fetched = whole.fetched;
    }

    /**
     * The same exchange for whoever is to go on with its answer: another prompt, and all else the same, what happened so far
     * and what ends it included.
     */
    public Exchange continuing(Continued wish) {
        return new Exchange(whole == null ? this : whole, wish);
    }

    /** What is asked of whoever goes on with an answer that broke off; null when the whole answer is asked for. */
    public @Nullable Continued continued() {
        return continued;
    }

    /**
     * Someone is at the door.
     *
     * @param id the gateway's id of the request
     * @param time when it came
     * @param nanos the same, in nanoseconds of the monotonic clock
     * @param caller who
     * @param controls what they ask of the gateway itself
     * @param forwarded the few of their headers that go on to the upstream
     * @param version the version of the language that the body is in, for languages that have several; null when not said
     * @param address where they are
     */
    public record Arrival(
            String id,
            Instant time,
            long nanos,
            Caller caller,
            Controls controls,
            Map<String, String> forwarded,
            @Nullable String version,
            String address) {

        /** Someone who says nothing of a version, and is nowhere. */
        public Arrival(
                String id, Instant time, long nanos, Caller caller, Controls controls, Map<String, String> forwarded) {
            this(id, time, nanos, caller, controls, forwarded, null, "");
        }

        /** The same, with the version of the language that the body is in. */
        public Arrival in(@Nullable String spoken) {
            return new Arrival(id, time, nanos, caller, controls, forwarded, spoken, address);
        }
    }

    /** The gateway's id of the request. */
    public String id() {
        return id;
    }

    /** When it came. */
    public Instant time() {
        return time;
    }

    /** When it came, in nanoseconds of the monotonic clock. */
    public long startNanos() {
        return startNanos;
    }

    /** The language of the body and of the answer. */
    public String dialect() {
        return dialect;
    }

    /** What is asked of the model. */
    public Operation operation() {
        return operation;
    }

    /** Who asks. */
    public Caller caller() {
        return caller;
    }

    /** What they ask of the gateway itself. */
    public Controls controls() {
        return controls;
    }

    /** The model as the caller named it. */
    public String model() {
        return model;
    }

    /** Whether the answer is wanted in pieces. */
    public boolean stream() {
        return stream;
    }

    /** Whether a stream is to end with usage. */
    public boolean usageWanted() {
        return usageWanted;
    }

    /** The caller's bytes; null when the caller is Java code. */
    public @Nullable Body body() {
        return body;
    }

    /** The few of the caller's headers that go on to the upstream. */
    public Map<String, String> forwarded() {
        return forwarded;
    }

    /** The version of the language that the body is in; null when not said. */
    public @Nullable String version() {
        return version;
    }

    /** Where the caller is: an internet address; empty when nobody knows. */
    public String address() {
        return address;
    }

    /** The caller's own end user, if said. */
    public @Nullable String user() {
        return user;
    }

    /** What happened so far. */
    public Trail trail() {
        return trail;
    }

    /** Ends everything that is under way for it. */
    public Cancellation cancellation() {
        return cancellation;
    }

    /** The caller has hung up; what is under way may go on for the vendor's own count. */
    public void callerLeft() {
        callerGone = true;
    }

    /** Whether the caller has hung up. */
    public boolean isCallerGone() {
        return callerGone || (whole != null && whole.callerGone);
    }

    /** What was fetched from addresses that the caller named, by address, for upstreams that take bytes only. */
    public Map<String, Part.Media.Base64> fetched() {
        return fetched;
    }

    /** Something was fetched; it is kept for every candidate that is asked after this. */
    public void keep(Map<String, Part.Media.Base64> more) {
        Map<String, Part.Media.Base64> all = new HashMap<>(fetched);
        all.putAll(more);
        fetched = Map.copyOf(all);
        if (whole != null) {
            whole.keep(more);
        }
    }

    /**
     * What is asked, in no vendor's language.
     *
     * @throws InvalidRequest when the body has a field of the wrong type
     */
    public Prompt prompt() {
        Prompt made = prompt;
        if (made == null) {
            made = decoder.get();
            prompt = made;
        }
        return made;
    }
}
