package dev.signalbox.routing;

import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Selection;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.fetch.Fetcher;
import dev.signalbox.upstream.Inexpressible;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;

/** Plans as the router does, from a copy of what strategies remember, and asks nobody. */
@Singleton
public class Explanations implements Explainer {

    private final Planner planner;
    private final Roster roster;
    private final Fetcher fetcher;

    /** For CDI. */
    public Explanations(Planner planner, Roster roster, Fetcher fetcher) {
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
            deployment.model().prepare(exchange);
            return true;
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
