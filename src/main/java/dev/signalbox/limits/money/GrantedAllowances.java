package dev.signalbox.limits.money;

import dev.signalbox.chat.Caller;
import dev.signalbox.chat.Grant;
import dev.signalbox.limits.money.Purse.Scope;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The budgets that a caller's key and team have, wherever they are from. */
@Singleton
public class GrantedAllowances implements Allowances {

    @Override
    public List<Purse> of(Caller caller, Instant moment) {
        List<Purse> purses = List.of();
        for (Grant grant : caller.grants()) {
            Grant.Budget given = grant.budget();
            if (given != null) {
                if (purses.isEmpty()) {
                    purses = new ArrayList<>(2);
                }
                purses.add(purse(grant, given, moment));
            }
        }
        return purses;
    }

    private static Purse purse(Grant grant, Grant.Budget given, Instant moment) {
        Scope scope = switch (grant.holder()) {
            case KEY -> Scope.KEY;
            case TEAM -> Scope.TEAM;
        };
        Window window = switch (given.window()) {
            case DAY -> Window.DAY;
            case WEEK -> Window.WEEK;
            case MONTH -> Window.MONTH;
            case TOTAL -> Window.TOTAL;
        };
        return Purse.of(scope, grant.id(), new Budget(given.limit(), window), moment);
    }
}
