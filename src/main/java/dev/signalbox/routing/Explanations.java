package dev.signalbox.routing;

import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Selection;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.fetch.Fetcher;
import dev.signalbox.limits.money.Treasury;
import dev.signalbox.limits.money.Treasury.Attempted;
import dev.signalbox.upstream.Inexpressible;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;

/** Plans as the router does, from a copy of what strategies remember, and asks nobody. */
@Singleton
public class Explanations implements Explainer {

    private final Planner planner;
    private final Roster roster;
    private final Fetcher fetcher;
    private final Treasury treasury;

    /** For CDI. */
    public Explanations(Planner planner, Roster roster, Fetcher fetcher, Treasury treasury) {
        this.treasury = treasury;
        this.planner = planner;
        this.roster = roster;
        this.fetcher = fetcher;
    }

    @Override
    public Uni<Selection> explain(Exchange exchange) {
        Plan plan;
        try {
            plan = planner.plan(exchange, true);
        } catch (SignalboxException refused) {
            return Uni.createFrom().failure(refused);
        }
        return planner.counted(plan)
                .map(counted -> new Candidates(counted, exchange, roster)
                        .all((standing, excluded) -> canBeAsked(exchange, standing, excluded)));
    }

    private boolean canBeAsked(Exchange exchange, Standing standing, Exclusions excluded) {
        var deployment = standing.deployment();
        try {
            var prepared = deployment.model().prepare(exchange);
            var unaffordable = treasury.refusal(new Attempted(
                    exchange,
                    deployment.provider(),
                    deployment.entry(),
                    deployment.served(),
                    deployment.label(),
                    new Attempted.Sent(prepared.body()),
                    prepared.dropped()));
            if (unaffordable != null) {
                excluded.unaffordable(deployment.entry(), unaffordable);
            }
            return unaffordable == null;
        } catch (Inexpressible e) {
            if (fetcher.canHelp(exchange, e.unsaid())) {
                return true;
            }
            excluded.cannotSay(deployment.entry(), e.unsaid());
            return false;
        } catch (InvalidRequest e) {
            excluded.refused(deployment.entry(), e);
            return false;
        }
    }
}
