package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.dialect.Disclosure;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How hard the model is to think, and whether its thoughts are shown.
 *
 * <p>Models before Claude 4.7 take a budget of tokens, and a caller's own is said exactly. From 4.6 on they think as they see
 * fit and are told an effort. One stands in for the other where a model takes only that: {@code minimal} and {@code low} for
 * 1024 tokens, {@code medium} 8192, {@code high} 16384, {@code xhigh} 32768, and never more than half of {@code max_tokens},
 * of which it is a part. A deployment with {@code thinking: {type: adaptive}} among its defaults is told efforts too.
 */
final class AnthropicThinking {

    private static final int LEAST = 1024;
    private static final Map<String, Integer> BUDGETS =
            Map.of("minimal", LEAST, "low", LEAST, "medium", 8192, "high", 16384, "xhigh", 32768);
    private static final BigDecimal LEAST_TOP_P = new BigDecimal("0.95");
    private static final String IN_THE_MIDDLE = "cannot begin to think in the middle of a turn of the assistant";

    private final ObjectNode body;
    private final AnthropicTurns turns;
    private final ModelVersion version;
    private final @Nullable JsonNode configured;
    private final Disclosure disclosure;

    /**
     * @param configured the deployment's own {@code thinking}; null when it has none
     */
    AnthropicThinking(
            ObjectNode body,
            AnthropicTurns turns,
            ModelVersion version,
            @Nullable JsonNode configured,
            Disclosure disclosure) {
        this.body = body;
        this.turns = turns;
        this.version = version;
        this.configured = configured != null && configured.isObject() ? configured : null;
        this.disclosure = disclosure;
    }

    /** Whether a default is not for {@link AnthropicRequestEncoder} to set. */
    static boolean decidesOn(String name, boolean thinks) {
        return name.equals("thinking")
                || (thinks && (name.equals("temperature") || name.equals("top_k") || name.equals("top_p")));
    }

    /** Says what the caller wants, or the deployment's default where the caller wants nothing. */
    void say(Prompt prompt) {
        Given effort = given(prompt, Setting.REASONING_EFFORT);
        Given budget = given(prompt, Setting.THINKING_BUDGET);
        if (budget != null) {
            budget(budget, effort);
        } else if (effort != null) {
            effort(effort);
        } else if (configured != null && conflict(isAdaptive(configured)) == null) {
            body.set("thinking", configured);
        }
        Given wanted = given(prompt, Setting.THOUGHTS_WANTED);
        if (wanted != null) {
            show(wanted);
        }
    }

    private static @Nullable Given given(Prompt prompt, Setting setting) {
        Given given = prompt.setting(setting);
        return given == null || given.value().isNull() ? null : given;
    }

    private static boolean isAdaptive(@Nullable JsonNode thinking) {
        return thinking != null && thinking.path("type").asText().equals("adaptive");
    }

    private boolean isToldEfforts() {
        return version.adapts() || isAdaptive(configured);
    }

    private void effort(Given given) {
        String effort = given.value().asText();
        if (effort.equals("none")) {
            none();
        } else if (!BUDGETS.containsKey(effort)) {
            disclosure.unsaid(given.path(), "knows no reasoning effort '" + effort + "'");
        } else if (isToldEfforts()) {
            adapt(given, given, effort);
        } else {
            nearest(given, effort);
        }
    }

    private void budget(Given given, @Nullable Given named) {
        Given effort = named;
        if (named != null && !BUDGETS.containsKey(named.value().asText())) {
            if (!named.value().asText().equals("none")) {
                disclosure.unsaid(named.path(), "knows no such reasoning effort");
            }
            effort = null;
        }
        long tokens = given.value().asLong();
        if (tokens == 0) {
            none();
        } else if (tokens > 0 && version.takesBudgets()) {
            exactly(given, tokens);
        } else if (isToldEfforts()) {
            String told = effort == null ? effortOf(tokens) : effort.value().asText();
            adapt(given, effort, told);
            if (tokens > 0) {
                disclosure.emulated(given.path());
            }
            return;
        } else {
            nearest(given, "high");
        }
        if (effort == null) {
            return;
        }
        if (version.takesEffort()) {
            config().put("effort", effort.value().asText());
        } else {
            disclosure.unsaid(effort.path(), "is told a budget and no effort");
        }
    }

    /** The effort that comes nearest to a budget. */
    private static String effortOf(long tokens) {
        if (tokens < 0) {
            return "high";
        }
        if (tokens <= 4096) {
            return "low";
        }
        if (tokens <= 12288) {
            return "medium";
        }
        return tokens <= 32000 ? "high" : "xhigh";
    }

    private void none() {
        if (version.thinksUnasked()) {
            body.putObject("thinking").put("type", "disabled");
        }
    }

    private void adapt(Given given, @Nullable Given named, String effort) {
        String conflict = conflict(true);
        if (conflict != null) {
            conflicting(given, conflict);
            return;
        }
        JsonNode own = configured;
        body.set(
                "thinking",
                own != null && isAdaptive(own) ? own.deepCopy() : Json.object().put("type", "adaptive"));
        if (named != null || !effort.equals("high")) {
            config().put("effort", effort.equals("minimal") ? "low" : effort);
        }
        if (effort.equals("minimal")) {
            disclosure.emulated(given.path());
        }
    }

    private ObjectNode config() {
        return body.get("output_config") instanceof ObjectNode there ? there : body.putObject("output_config");
    }

    /**
     * A turn that another vendor's model began, or whose thoughts a caller did not give back, is ended without thinking: who
     * comes along in its middle could not be asked else.
     */
    private void conflicting(Given given, String conflict) {
        if (conflict.equals(IN_THE_MIDDLE)) {
            disclosure.hint(given.path(), conflict);
        } else {
            disclosure.unsaid(given.path(), conflict);
        }
    }

    private void exactly(Given given, long tokens) {
        String conflict = conflict(false);
        if (conflict != null) {
            conflicting(given, conflict);
        } else if (tokens < LEAST) {
            disclosure.unsaid(given.path(), "thinks with 1024 tokens at least");
        } else if (tokens >= body.path("max_tokens").asLong()) {
            disclosure.unsaid(given.path(), "thinks with fewer tokens than 'max_tokens', of which they are a part");
        } else {
            body.putObject("thinking").put("type", "enabled").put("budget_tokens", tokens);
        }
    }

    private void nearest(Given given, String effort) {
        long most = body.path("max_tokens").asLong();
        String conflict = conflict(false);
        if (conflict != null) {
            conflicting(given, conflict);
        } else if (most <= LEAST) {
            disclosure.unsaid(
                    given.path(), "thinks with 1024 tokens at least, and 'max_tokens' must be more than that");
        } else {
            body.putObject("thinking")
                    .put("type", "enabled")
                    .put("budget_tokens", Math.min(BUDGETS.getOrDefault(effort, LEAST), Math.max(LEAST, most / 2)));
            disclosure.emulated(given.path());
        }
    }

    private void show(Given wanted) {
        boolean show = wanted.value().asBoolean();
        ObjectNode thinking = thinking(show);
        if (thinking == null) {
            if (show) {
                disclosure.hint(wanted.path(), "thinks only when it is told how much");
            }
        } else if (show && version.hidesThoughts()) {
            thinking.put("display", "summarized");
        } else if (!show && version.adapts()) {
            thinking.put("display", "omitted");
        } else if (!show) {
            disclosure.hint(wanted.path(), "always shows what it thinks");
        }
    }

    /** How the model is told to think; null when it does not think. One that thinks unasked can be told to show it. */
    private @Nullable ObjectNode thinking(boolean show) {
        if (body.get("thinking") instanceof ObjectNode told) {
            return told.path("type").asText().equals("disabled") ? null : told;
        }
        return show && version.thinksUnasked() && conflict(true) == null
                ? body.putObject("thinking").put("type", "adaptive")
                : null;
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
            return IN_THE_MIDDLE;
        }
        return null;
    }

    private BigDecimal decimal(String member) {
        return body.path(member).decimalValue();
    }
}
