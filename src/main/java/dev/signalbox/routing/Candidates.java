package dev.signalbox.routing;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Selection;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.routing.Plan.Stage;
import dev.signalbox.strategy.Candidate;
import dev.signalbox.strategy.Ceiling;
import dev.signalbox.strategy.Order;
import dev.signalbox.strategy.PredictedCost;
import dev.signalbox.strategy.Strategy;
import dev.signalbox.tokens.Tokenizer;
import dev.signalbox.upstream.Deployment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The deployments of a {@link Plan} that have not been asked yet, and why others are not asked at all. Each comes out once
 * at most, but for who {@linkplain #mayGoOn may go on}. A stage is put in order when the one before it is used up. Who is not
 * asked as one of a stage may still be asked as one of a later one, where it stands for something else.
 */
final class Candidates {

    private final Plan plan;
    private final Exchange exchange;
    private final Roster roster;
    private final Demand demand;
    private final Deque<Stage> stages;
    private final Exclusions excluded;
    private final Set<String> known = new HashSet<>(8);
    private final List<Standing> waiting = new ArrayList<>(4);
    private final List<Standing> unwell = new ArrayList<>(0);
    private final List<Selection.Considered> considered = new ArrayList<>(4);
    private final Set<String> asked = new HashSet<>(4);
    private boolean isFirst = true;
    private boolean isOpened;
    private boolean triedTheUnwell;

    Candidates(Plan plan, Exchange exchange, Roster roster) {
        this.plan = plan;
        this.exchange = exchange;
        this.roster = roster;
        this.demand = new Demand(exchange);
        this.stages = new ArrayDeque<>(plan.stages());
        this.excluded = new Exclusions(exchange, demand);
    }

    /**
     * The first that serves the request, is healthy and does not rest; when there is none, once, the least unhealthy; null
     * when nobody is left.
     */
    @Nullable Standing next() {
        while (true) {
            while (!waiting.isEmpty()) {
                Standing first = waiting.removeFirst();
                if (isWellNow(first)) {
                    asked.add(first.id());
                    return first;
                }
            }
            Stage stage = stages.poll();
            if (stage == null) {
                return leastUnwell();
            }
            open(stage);
        }
    }

    /** It was cut short and has not failed: when who was faster breaks off, it is asked after all others. */
    void mayGoOn(Standing superseded) {
        waiting.addLast(superseded);
    }

    /** Whether somebody may be left who is not known to be unwell. */
    boolean hasNext() {
        return !waiting.isEmpty() || !stages.isEmpty();
    }

    /** Whether what was true when it was put in order still is. */
    private boolean isWellNow(Standing standing) {
        OptionalLong resting = standing.deployment().resting();
        if (resting.isPresent()) {
            excluded.resting(standing.deployment().entry(), Duration.ofNanos(resting.getAsLong()));
            return false;
        }
        if (standing.deployment().isDrained()) {
            excluded.draining(standing.deployment().entry());
            return false;
        }
        if (standing.deployment().whyUnwell() != null) {
            unwell.add(standing);
            return false;
        }
        return true;
    }

    private @Nullable Standing leastUnwell() {
        if (triedTheUnwell) {
            return null;
        }
        Standing least = null;
        for (Standing standing : unwell) {
            Deployment deployment = standing.deployment();
            boolean out = deployment.resting().isPresent() || deployment.isDrained();
            if (!out && (least == null || failureRate(standing) < failureRate(least))) {
                least = standing;
            }
        }
        if (least != null) {
            triedTheUnwell = true;
            unwell.remove(least);
            asked.add(least.id());
        }
        return least;
    }

    private static double failureRate(Standing standing) {
        return standing.deployment().failureRate();
    }

    private void open(Stage stage) {
        List<Candidate> usable = new ArrayList<>(stage.deployments().size());
        boolean tooLong = false;
        for (DeploymentEntry entry : stage.deployments()) {
            Standing standing = roster.of(entry);
            if (known.add(standing.id())) {
                if (isOpened) {
                    forget(standing.id());
                }
                if (consider(standing, usable)) {
                    tooLong = true;
                    known.remove(standing.id());
                }
            }
        }
        isOpened = true;
        if (tooLong && !plan.contextFallbacks().isEmpty() && isOwn(stage)) {
            plan.contextFallbacks().reversed().forEach(stages::addFirst);
        }
        if (!usable.isEmpty()) {
            order(stage, usable);
        }
    }

    /** What was found out of it in an earlier stage. */
    private void forget(String deployment) {
        excluded.readmit(deployment);
        considered.removeIf(one -> one.deployment().equals(deployment));
    }

    private boolean isOwn(Stage stage) {
        return stage.model().equals(plan.model().name());
    }

    private void order(Stage stage, List<Candidate> usable) {
        Experience experience = roster.of(stage.model());
        var memory = plan.peek() ? experience.memory().copy() : experience.memory();
        Strategy rest = plan.rest();
        List<Candidate> others = usable;
        if (isFirst || rest == null) {
            Order order = plan.strategy().order(plan.question(), usable, memory);
            add(order, rest == null && plan.fallsBack() ? order.size() : 1);
            if (rest != null && !order.isEmpty()) {
                others = new ArrayList<>(usable);
                others.remove(order.getFirst());
            }
        }
        isFirst = false;
        if (!plan.fallsBack()) {
            stages.clear();
            unwell.clear();
        } else if (rest != null && !others.isEmpty()) {
            add(rest.order(plan.question(), others, memory), others.size());
        }
    }

    private void add(Order order, int most) {
        for (int i = 0; i < Math.min(most, order.size()); i++) {
            Candidate candidate = order.get(i);
            waiting.add(roster.of(candidate.profile().entry()));
            considered.add(considered(candidate, order.score(i)));
        }
    }

    private Selection.Considered considered(Candidate candidate, @Nullable Double score) {
        return new Selection.Considered(
                candidate.id(),
                candidate.provider(),
                candidate.profile().entry().model(),
                score,
                candidate.predictedCost(),
                candidate.latency(exchange.stream()),
                candidate.quality());
    }

    /** Finds out whether it can be asked; true when the prompt is too long for it. */
    private boolean consider(Standing standing, List<Candidate> usable) {
        DeploymentEntry entry = standing.profile().entry();
        if (!exchange.caller().mayUseProvider(entry.provider())) {
            excluded.notAllowed(entry);
            return false;
        }
        Unsaid unmet = demand.unmetBy(entry);
        if (unmet != null) {
            excluded.cannotSay(entry, List.of(unmet));
            return false;
        }
        if (isTooLongFor(entry)) {
            excluded.tooLong(entry);
            return true;
        }
        if (standing.deployment().isDrained()) {
            excluded.draining(entry);
            return false;
        }
        Candidate candidate = candidate(standing);
        Ceiling ceiling = Ceiling.against(plan.question(), candidate);
        if (ceiling != null) {
            excluded.above(entry, ceiling, candidate.predictedCost());
            return false;
        }
        OptionalLong resting = standing.deployment().resting();
        long full = untilRoom(standing);
        if (resting.isPresent()) {
            excluded.resting(entry, Duration.ofNanos(resting.getAsLong()));
        } else if (full > 0) {
            excluded.limited(entry, Duration.ofNanos(full));
        } else {
            String unwellBecause = standing.deployment().whyUnwell();
            if (unwellBecause == null) {
                usable.add(candidate);
            } else {
                unwell.add(standing);
                excluded.unwell(entry, unwellBecause);
            }
        }
        return false;
    }

    /** A prompt that was counted is known better; with another model's tokenizer it is known within a tenth. */
    private boolean isTooLongFor(DeploymentEntry entry) {
        Integer window = entry.contextWindow();
        if (window == null) {
            return false;
        }
        Tokenizer counted = plan.question().counted();
        if (counted == null || !plan.question().mayFill(window)) {
            return demand.isTooLongFor(entry);
        }
        long tokens = plan.question().promptTokens();
        return demand.isTooLongFor(
                entry, roster.tokenizer(entry.model()).agreesWith(counted) ? tokens : tokens * 10 / 11);
    }

    private long untilRoom(Standing standing) {
        return standing.limits().isPaced()
                ? standing.limits().waitNanos(plan.question().expectedTokens())
                : 0;
    }

    private Candidate candidate(Standing standing) {
        DeploymentEntry entry = standing.profile().entry();
        Question question = plan.question();
        long warm = plan.looksAtPrefixes() ? roster.prefixes().tokens(standing.profile(), question.prefixes()) : 0;
        Long cost = null;
        if (plan.weighsTokens() || plan.peek()) {
            Integer most = entry.maxOutputTokens();
            long output = question.expectedOutput();
            cost = PredictedCost.of(
                    entry.tariff(),
                    exchange.time(),
                    question.promptTokens(),
                    warm,
                    most == null ? output : Math.min(output, most));
        }
        return new Candidate(standing.profile(), standing.statistics().view(), standing.load(), cost, warm);
    }

    private boolean isOwn(Standing standing) {
        return plan.model().deployments().contains(standing.profile().entry());
    }

    private static int window(Standing standing) {
        Integer window = standing.profile().entry().contextWindow();
        return window == null ? 0 : window;
    }

    /** The vendor says that the prompt is too long: those of the model with a larger window are left, and who is there for that. */
    boolean wasTooLongFor(Standing standing) {
        int tooSmall = window(standing);
        List<Stage> fallbacks = plan.contextFallbacks();
        if (isOf(fallbacks, standing)) {
            return instead(fallbacks, other -> isOf(fallbacks, other) && mayBeLarger(window(other), tooSmall));
        }
        return instead(fallbacks, other -> isOwn(other) && tooSmall > 0 && window(other) > tooSmall);
    }

    /** Of windows that are not known, and so 0, nothing is. */
    private static boolean mayBeLarger(int window, int other) {
        return window == 0 || window > other;
    }

    /** The vendor's content policy refused: only who is there for that is left. */
    boolean wasFiltered(Standing standing) {
        return instead(plan.contentFallbacks(), standing);
    }

    /** Something is wrong with an answer: only who is there for that is left. */
    boolean wasFlawed(Standing standing) {
        return instead(plan.qualityFallbacks(), standing);
    }

    private boolean instead(List<Stage> fallbacks, Standing failed) {
        boolean again = isOf(fallbacks, failed);
        return instead(fallbacks, other -> again && isOf(fallbacks, other));
    }

    private boolean instead(List<Stage> fallbacks, Predicate<Standing> stays) {
        waiting.removeIf(stays.negate());
        unwell.removeIf(stays.negate());
        known.clear();
        known.addAll(asked);
        waiting.forEach(other -> known.add(other.id()));
        unwell.forEach(other -> known.add(other.id()));
        stages.clear();
        stages.addAll(fallbacks);
        return !waiting.isEmpty() || !unwell.isEmpty() || !stages.isEmpty();
    }

    private static boolean isOf(List<Stage> stages, Standing standing) {
        DeploymentEntry entry = standing.profile().entry();
        return stages.stream().anyMatch(stage -> stage.deployments().contains(entry));
    }

    /** Who is not asked, and why. */
    Exclusions excluded() {
        return excluded;
    }

    /** Who could be asked, as far as that was found out, and who could not. */
    Selection selection() {
        return new Selection(plan.strategyName(), considered, excluded.all());
    }

    /**
     * Everybody who would be asked, one after the other, were each to fail; of the unhealthy one, when nobody else is left.
     *
     * @param can whether it can be asked that; when not, it says why not
     */
    Selection all(BiPredicate<Standing, Exclusions> can) {
        List<String> able = new ArrayList<>();
        for (Standing standing = next(); standing != null; standing = next()) {
            boolean isUnwell = triedTheUnwell;
            if (isUnwell && !able.isEmpty()) {
                break;
            }
            if (can.test(standing, excluded)) {
                able.add(standing.id());
                if (isUnwell) {
                    excluded.readmit(standing.id());
                    considered.add(considered(candidate(standing), null));
                }
            }
        }
        Set<String> ids = new HashSet<>(able);
        return new Selection(
                plan.strategyName(),
                considered.stream()
                        .filter(one -> ids.contains(one.deployment()))
                        .toList(),
                excluded.all());
    }

    /** Why nobody was asked, when the request is the reason; null when it is not. */
    @Nullable SignalboxException impossible() {
        return unwell.isEmpty() ? excluded.impossible(plan.model().name()) : null;
    }
}
