package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt.Given;
import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How hard the model is to think.
 *
 * <p>Models before Claude 4.7 are given a budget of tokens, which other languages have no word for: {@code minimal} and
 * {@code low} 1024, {@code medium} 8192, {@code high} 16384, {@code xhigh} 32768, and never more than half of {@code
 * max_tokens}, of which it is a part. Later models refuse a budget; they think as they see fit and are told an effort.
 * So is every model whose deployment has {@code thinking: {type: adaptive}} among its defaults.
 */
final class AnthropicThinking {

    private static final int LEAST = 1024;
    private static final Map<String, Integer> BUDGETS =
            Map.of("minimal", LEAST, "low", LEAST, "medium", 8192, "high", 16384, "xhigh", 32768);
    private static final Pattern VERSION =
            Pattern.compile("claude-(?:[a-z]+-)?(\\d{1,2})(?!\\d)(?:[-.](\\d{1,2})(?!\\d))?");
    private static final BigDecimal LEAST_TOP_P = new BigDecimal("0.95");

    private final ObjectNode body;
    private final AnthropicTurns turns;
    private final Dialect.Target target;
    private final Disclosure disclosure;

    AnthropicThinking(ObjectNode body, AnthropicTurns turns, Dialect.Target target, Disclosure disclosure) {
        this.body = body;
        this.turns = turns;
        this.target = target;
        this.disclosure = disclosure;
    }

    /** Whether a default is not for {@link AnthropicRequestEncoder} to set. */
    static boolean decidesOn(String name, boolean thinks) {
        return name.equals("thinking")
                || (thinks && (name.equals("temperature") || name.equals("top_k") || name.equals("top_p")));
    }

    /** Says the effort, or the deployment's default where the caller named none. */
    void say(@Nullable Given given) {
        JsonNode configured = Json.mapper().valueToTree(target.defaults().get("thinking"));
        if (given == null || given.value().isNull()) {
            boolean adaptive = configured.path("type").asText().equals("adaptive");
            if (configured.isObject() && conflict(adaptive) == null) {
                body.set("thinking", configured);
            }
            return;
        }
        String effort = given.value().asText();
        if (effort.equals("none")) {
            return;
        }
        Integer budget = BUDGETS.get(effort);
        if (budget == null) {
            disclosure.unsaid(given.path(), "knows no reasoning effort '" + effort + "'");
            return;
        }
        boolean adaptive = configured.path("type").asText().equals("adaptive") || refusesBudgets(target.model());
        String conflict = conflict(adaptive);
        if (conflict != null) {
            disclosure.unsaid(given.path(), conflict);
        } else if (adaptive) {
            effort(given, effort, configured);
        } else {
            budget(given, budget);
        }
    }

    private void effort(Given given, String effort, JsonNode configured) {
        body.set("thinking", configured.isObject() ? configured : Json.object().put("type", "adaptive"));
        ObjectNode config =
                body.get("output_config") instanceof ObjectNode there ? there : body.putObject("output_config");
        config.put("effort", effort.equals("minimal") ? "low" : effort);
        if (effort.equals("minimal")) {
            disclosure.emulated(given.path());
        }
    }

    private void budget(Given given, int budget) {
        long most = body.path("max_tokens").asLong();
        if (most <= LEAST) {
            disclosure.unsaid(
                    given.path(), "thinks with 1024 tokens at least, and 'max_tokens' must be more than that");
            return;
        }
        body.putObject("thinking")
                .put("type", "enabled")
                .put("budget_tokens", Math.min(budget, Math.max(LEAST, most / 2)));
        disclosure.emulated(given.path());
    }

    private @Nullable String conflict(boolean adaptive) {
        String choice = body.path("tool_choice").path("type").asText();
        if (choice.equals("any") || choice.equals("tool")) {
            return "cannot think where a tool call is demanded";
        }
        if (body.has("temperature") && decimal("temperature").compareTo(BigDecimal.ONE) != 0) {
            return "thinks only at a temperature of 1";
        }
        if (body.has("top_k")) {
            return "cannot think under 'top_k'";
        }
        if (body.has("top_p") && decimal("top_p").compareTo(LEAST_TOP_P) < 0) {
            return "thinks only under a 'top_p' from 0.95 to 1";
        }
        if (!adaptive && turns.goesOnWithoutThinking()) {
            return "cannot begin to think in the middle of a turn of the assistant";
        }
        return null;
    }

    private BigDecimal decimal(String member) {
        return body.path(member).decimalValue();
    }

    private static boolean refusesBudgets(String model) {
        Matcher version = VERSION.matcher(model);
        if (!version.find()) {
            return false;
        }
        int major = Integer.parseInt(version.group(1));
        int minor = version.group(2) == null ? 0 : Integer.parseInt(version.group(2));
        return major > 4 || (major == 4 && minor >= 7);
    }
}
