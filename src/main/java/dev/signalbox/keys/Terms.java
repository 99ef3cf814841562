package dev.signalbox.keys;

import dev.signalbox.chat.Grant;
import dev.signalbox.chat.Rights;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a key or a team may do, and how much.
 *
 * @param rights what it may use
 * @param rates how fast
 * @param budget how much money; null: any amount
 * @param tags kept in the ledger with its requests
 */
public record Terms(Rights rights, Grant.Rates rates, Grant.@Nullable Budget budget, Map<String, String> tags) {

    /** Everything, and any amount of it. */
    public static final Terms NONE = new Terms(Rights.ALL, Grant.Rates.NONE, null, Map.of());

    public Terms {
        tags = Map.copyOf(tags);
    }

    /** How much, said of whom; null when that is any amount. */
    @Nullable Grant grant(Grant.Holder holder, String id) {
        return rates.isUnlimited() && budget == null ? null : new Grant(holder, id, rates, budget);
    }
}
