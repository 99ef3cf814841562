package dev.signalbox.dialect.cohere;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.dialect.Disclosure;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How hard the model is to think. Cohere has a budget of tokens and no efforts: {@code minimal} and {@code low} are said as
 * 1024, {@code medium} as 8192, {@code high} as 16384, never more than half of {@code max_tokens}, and {@code xhigh} as no
 * bound. A budget of the caller's own goes before that.
 *
 * @see <a href="https://docs.cohere.com/v2/docs/reasoning">Cohere's reasoning</a>
 */
final class CohereThinking {

    private static final Map<String, Integer> BUDGETS =
            Map.of("minimal", 1024, "low", 1024, "medium", 8192, "high", 16384, "xhigh", Integer.MAX_VALUE);

    private CohereThinking() {}

    static void say(ObjectNode body, @Nullable Given effort, @Nullable Given budget, Disclosure disclosure) {
        String named = effort == null ? "" : effort.value().asText();
        if (effort != null && !named.equals("none") && !BUDGETS.containsKey(named)) {
            disclosure.unsaid(effort.path(), "knows no reasoning effort '" + named + "'");
        }
        if (budget != null) {
            long tokens = budget.value().asLong();
            think(body, tokens != 0, tokens);
            if (effort != null && named.equals("none") != (tokens == 0)) {
                disclosure.hint(effort.path(), "takes an effort or a budget for thinking, and not both");
            }
        } else if (named.equals("none")) {
            think(body, false, 0);
        } else if (effort != null && BUDGETS.containsKey(named)) {
            int tokens = BUDGETS.getOrDefault(named, 0);
            long most = body.path("max_tokens").asLong(Long.MAX_VALUE);
            think(body, true, tokens == Integer.MAX_VALUE ? 0 : Math.max(1, Math.min(tokens, most / 2)));
            disclosure.emulated(effort.path());
        }
    }

    private static void think(ObjectNode body, boolean enabled, long budget) {
        ObjectNode thinking = body.putObject("thinking").put("type", enabled ? "enabled" : "disabled");
        if (enabled && budget > 0) {
            thinking.put("token_budget", budget);
        }
    }
}
