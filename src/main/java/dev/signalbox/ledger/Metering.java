package dev.signalbox.ledger;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Cost;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.PassedOn;
import dev.signalbox.chat.Price;
import dev.signalbox.chat.Receipt;
import dev.signalbox.chat.Reply;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.chat.Tariff;
import dev.signalbox.chat.Trail;
import dev.signalbox.chat.Usage;
import dev.signalbox.telemetry.Meters;
import dev.signalbox.tokens.TokenEstimate;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the router and the caller, counts what passes, and settles exactly once: the row is in the journal before
 * the end of the answer is sent.
 */
public final class Metering extends PassedOn {

    private static final Logger LOG = Logger.getLogger("signalbox.requests");

    private final Exchange exchange;
    private final Reply reply;
    private final Ledger ledger;
    private final Meters meters;
    private @Nullable Usage usage;
    private long textLength;
    private boolean finished;
    private boolean speaks;
    private boolean resumed;
    private Usage heardBefore = Usage.NONE;
    private boolean settled;

    /**
     * @param reply the caller's
     */
    public Metering(Exchange exchange, Reply reply, Ledger ledger, Meters meters) {
        super(reply);
        this.exchange = exchange;
        this.reply = reply;
        this.ledger = ledger;
        this.meters = meters;
    }

    /** The one that broke off is paid for what it said, and the count begins anew with the next. */
    @Override
    public boolean resume(List<ChatEvent> heard) {
        if (!reply.resume(heard)) {
            return false;
        }
        Trail.Served broke = exchange.trail().served();
        if (speaks && broke != null) {
            Usage spent = estimate();
            exchange.trail().brokeOff(broke, spent);
            heardBefore = heardBefore.plus(spent);
        }
        usage = null;
        textLength = 0;
        finished = false;
        speaks = false;
        resumed = true;
        return true;
    }

    @Override
    public void event(ChatEvent event) {
        speaks = true;
        switch (event) {
            case ChatEvent.Wire wire -> {
                textLength += wire.textLength();
                if (wire.usage() != null) {
                    usage = wire.usage();
                }
                finished |= wire.finished() != null;
            }
            case ChatEvent.Used used -> usage = used.usage();
            case ChatEvent.Text text -> textLength += text.delta().length();
            case ChatEvent.Thinking thinking -> textLength += thinking.delta().length();
            case ChatEvent.ToolCallArguments arguments ->
                textLength += arguments.delta().length();
            case ChatEvent.Refusal refusal -> textLength += refusal.delta().length();
            case ChatEvent.Started _, ChatEvent.ThinkingSealed _, ChatEvent.SealedThinking _ -> {}
            case ChatEvent.ToolCallStarted _ -> {}
            case ChatEvent.Embedded _ -> {}
            case ChatEvent.Counted _ -> usage = Usage.NONE;
            case ChatEvent.Finished _ -> finished = true;
        }
        reply.event(resumed && event instanceof ChatEvent.Used(Usage used) ? told(used) : event);
    }

    /** Callers are told of all that they have heard, whoever said it. */
    private ChatEvent told(Usage ofThis) {
        return new ChatEvent.Used(heardBefore.plus(ofThis));
    }

    /** The answer is whole. */
    public void complete() {
        if (!settled) {
            boolean gone = exchange.isCallerGone();
            boolean counted = usage == null;
            Usage tokens = counted ? estimate() : known();
            if (counted && isTold()) {
                reply.event(told(tokens));
            }
            reply.complete(settle(gone ? 499 : 200, gone ? "caller_gone" : null, tokens, counted));
        }
    }

    /**
     * Whether callers hear what was counted here, when the vendor does not say it: whoever asked a stream for it does, vectors
     * without it are no answer in every language, and a sum is to be whole.
     */
    private boolean isTold() {
        return resumed || (exchange.stream() && exchange.usageWanted()) || exchange.operation() == Operation.EMBEDDINGS;
    }

    @Override
    public void complete(Receipt receipt) {
        complete();
    }

    /** There will be no (whole) answer. */
    public void fail(SignalboxException failure) {
        if (settled) {
            return;
        }
        boolean spoke = reply.begun();
        boolean gone = failure.status() == 499;
        boolean used =
                (spoke && !(resumed && !speaks)) || (gone && exchange.trail().dispatchedCount() > 0);
        boolean counted = used && (usage == null || !finished);
        int status = gone ? 499 : spoke ? 502 : failure.status();
        Usage tokens = counted ? estimate() : used ? known() : Usage.NONE;
        reply.fail(failure, settle(status, failure.code(), tokens, counted));
    }

    @Override
    public void fail(SignalboxException failure, @Nullable Receipt receipt) {
        fail(failure);
    }

    private Usage known() {
        Usage reported = usage;
        return reported == null ? Usage.NONE : reported;
    }

    /** What the vendor counted before it fell silent holds for the prompt; what it said since is counted here. */
    private Usage estimate() {
        long prompt = prompt();
        Trail.Served by = exchange.trail().served();
        long most = by == null ? Long.MAX_VALUE : exchange.trail().mostOutput(by);
        long said = Math.min(TokenEstimate.ofLength(textLength), most);
        Usage begun = usage;
        return begun == null || begun.prompt() == 0
                ? new Usage(prompt, 0, 0, said, 0)
                : new Usage(
                        begun.input(),
                        begun.cacheRead(),
                        begun.cacheWrite(),
                        Math.max(begun.output(), said),
                        begun.reasoning(),
                        begun.cacheWriteHour(),
                        begun.unbilled());
    }

    private long prompt() {
        var body = exchange.body();
        return body == null ? TokenEstimate.of(exchange.prompt()) : promptEstimate(body.bytes().length);
    }

    /** The tree is there when someone had to translate; otherwise the length must do. */
    private long promptEstimate(int length) {
        try {
            return TokenEstimate.of(exchange.prompt());
        } catch (SignalboxException undecodable) {
            return TokenEstimate.ofLength(length);
        }
    }

    /**
     * The row: of the one that answered, and of everybody else who has to be paid.
     *
     * @param own the tokens of the one that answered, or was asked last
     */
    private Receipt settle(int status, @Nullable String error, Usage own, boolean ofOwn) {
        settled = true;
        Trail trail = exchange.trail();
        Trail.Served served = trail.served();
        Tariff tariff = served == null ? null : served.tariff();
        Price price = tariff == null ? null : tariff.at(exchange.time(), own.prompt());
        boolean asked = served != null && (status == 200 || own.prompt() + own.completion() > 0);
        boolean free = exchange.operation() == Operation.COUNT_TOKENS;
        boolean unused = !asked && !trail.legs().isEmpty();
        Cost cost = free || unused ? new Cost(0) : price == null ? null : asked ? price.of(own) : new Cost(0);
        boolean estimated = ofOwn || !trail.legs().isEmpty();
        Usage tokens = own;
        Cost ofAnswer = cost;
        for (Trail.Leg leg : trail.legs()) {
            Usage used = leg.usage() == null ? new Usage(prompt(), 0, 0, 0, 0) : leg.usage();
            tokens = tokens.plus(used);
            Cost ofLeg = free ? new Cost(0) : cost(leg.by(), used);
            if (ofLeg != null) {
                trail.charge(leg.by(), ofLeg.picos());
            }
            cost = plus(cost, ofLeg);
        }
        if (served != null && asked && ofAnswer != null) {
            trail.charge(served, ofAnswer.picos());
        }
        trail.paid();
        long now = System.nanoTime();
        double latency = millis(now - exchange.startNanos());
        Double firstToken = trail.firstTokenAt() == 0 ? null : millis(trail.firstTokenAt() - exchange.startNanos());
        double overhead = Math.max(0, millis(now - exchange.startNanos() - trail.upstreamNanos()));
        var caller = exchange.caller();
        ledger.settle(new Entry(
                exchange.id(),
                exchange.time(),
                trail.model() == null ? named(exchange.model()) : trail.model(),
                served == null ? null : served.provider(),
                served == null ? null : served.deployment(),
                caller.keyId(),
                caller.keyName(),
                caller.team(),
                exchange.user(),
                exchange.controls().tags(),
                trail.strategy(),
                exchange.stream(),
                "off",
                status,
                error,
                estimated,
                tokens,
                cost,
                price,
                latency,
                firstToken,
                trail.attempts(),
                trail.selection()));
        meters.answered(
                label(trail),
                served == null ? Meters.OTHER : served.provider(),
                status,
                latency,
                firstToken,
                overhead,
                tokens.prompt(),
                tokens.completion(),
                cost == null ? null : cost.picos() / 1e12);
        tell(status, error, tokens, cost, latency);
        return new Receipt(tokens, estimated, cost, latency, firstToken, overhead);
    }

    private @Nullable Cost cost(Trail.Served by, Usage used) {
        Tariff tariff = by.tariff();
        return tariff == null ? null : tariff.at(exchange.time(), used.prompt()).of(used);
    }

    /** A sum with something unknown in it is unknown. */
    private static @Nullable Cost plus(@Nullable Cost one, @Nullable Cost other) {
        return one == null || other == null ? null : one.plus(other);
    }

    /** One line a request: failures always, the rest for those who turn the category {@code signalbox.requests} to DEBUG. */
    private void tell(int status, @Nullable String error, Usage tokens, @Nullable Cost cost, double latency) {
        Logger.Level level = status < 400 ? Logger.Level.DEBUG : Logger.Level.INFO;
        if (LOG.isEnabled(level)) {
            Trail trail = exchange.trail();
            Trail.Served served = trail.served();
            LOG.logf(
                    level,
                    "id=%s status=%d error=%s deployment=%s attempts=%d stream=%s input_tokens=%d output_tokens=%d"
                            + " cost_usd=%s latency_ms=%s",
                    exchange.id(),
                    status,
                    error == null ? "-" : error,
                    served == null || !trail.isConfigured() ? "-" : served.deployment(),
                    trail.dispatchedCount(),
                    exchange.stream(),
                    tokens.prompt(),
                    tokens.completion(),
                    cost == null ? "-" : cost,
                    latency);
        }
    }

    private static @Nullable String named(String model) {
        return model.isEmpty() ? null : model;
    }

    private static String label(Trail trail) {
        String model = trail.model();
        return model == null || !trail.isConfigured() ? Meters.OTHER : model;
    }

    private static double millis(long nanos) {
        long micros = nanos / 1_000;
        return micros / 1_000.0;
    }
}
