package dev.signalbox.dialect.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.dialect.Disclosure;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How hard the model is to think, in the words of its family.
 *
 * <p>Where the family knows only budgets of tokens, an effort becomes one: {@code minimal} and {@code low} 1024, {@code
 * medium} 8192, {@code high} 16384, {@code xhigh} 32768, and never more than half of the answer's limit, of which it is a
 * part.
 */
final class Thinking {

    private static final String FIELD = "thinking";
    private static final int LEAST = 1024;
    private static final Map<String, Integer> BUDGETS =
            Map.of("minimal", LEAST, "low", LEAST, "medium", 8192, "high", 16384, "xhigh", 32768);
    private static final Set<String> LEVELS = Set.of("low", "medium", "high");
    private static final BigDecimal LEAST_TOP_P = new BigDecimal("0.95");
    private static final String IN_THE_MIDDLE = "cannot begin to think in the middle of a turn of the assistant";

    private final ObjectNode body;
    private final AdditionalFields fields;
    private final Turns turns;
    private final Family family;
    private final Disclosure disclosure;

    Thinking(ObjectNode body, AdditionalFields fields, Turns turns, Family family, Disclosure disclosure) {
        this.body = body;
        this.fields = fields;
        this.turns = turns;
        this.family = family;
        this.disclosure = disclosure;
    }

    /** Says what the caller asked for. */
    void say(Prompt prompt) {
        Given budget = given(prompt, Setting.THINKING_BUDGET);
        Given effort = given(prompt, Setting.REASONING_EFFORT);
        if (budget != null) {
            budget(budget);
            if (effort != null) {
                disclosure.hint(effort.path(), "is told a budget for thinking already");
            }
        } else if (effort != null) {
            effort(effort);
        }
        Given shown = given(prompt, Setting.THOUGHTS_WANTED);
        if (shown != null && shown.value().asBoolean() != said()) {
            disclosure.hint(shown.path(), "shows its thoughts whenever it is told to think");
        }
    }

    private static @Nullable Given given(Prompt prompt, Setting setting) {
        Given given = prompt.setting(setting);
        return given == null || given.value().isNull() ? null : given;
    }

    /** Whether the model was told to think. */
    boolean said() {
        return fields.has(FIELD) || fields.has("reasoning_effort") || fields.has("reasoningConfig");
    }

    private void budget(Given given) {
        long tokens = given.value().asLong();
        if (tokens == 0) {
            return;
        }
        switch (family.thinking()) {
            case NONE -> disclosure.unsaid(given.path(), "has no budget for thinking");
            case LEVEL, CONFIG -> byEffort(given, tokens);
            case BUDGET -> {
                if (tokens < 0) {
                    roughly(given, BUDGETS.getOrDefault("high", LEAST));
                } else {
                    exactly(given, tokens);
                }
            }
            case EFFORT_OR_BUDGET -> {
                if (tokens < 0) {
                    adaptive(given);
                } else {
                    exactly(given, tokens);
                }
            }
            case EFFORT -> {
                if (tokens < 0) {
                    adaptive(given);
                } else {
                    byEffort(given, tokens);
                }
            }
        }
    }

    /** The nearest effort that is known, where there are no budgets. */
    private void byEffort(Given given, long tokens) {
        String most = family.thinking() == Family.Thinking.EFFORT ? "xhigh" : "high";
        String effort = tokens < 0 ? "medium" : tokens <= 4096 ? "low" : tokens <= 12_288 ? "medium" : "high";
        disclosure.emulated(given.path());
        effort(new Given(text(tokens > 32_000 ? most : effort), given.path()));
    }

    private void effort(Given given) {
        String effort = given.value().asText();
        if (!effort.equals("none") && !BUDGETS.containsKey(effort)) {
            disclosure.unsaid(given.path(), "knows no reasoning effort '" + effort + "'");
            return;
        }
        switch (family.thinking()) {
            case NONE -> {
                if (!effort.equals("none")) {
                    disclosure.unsaid(given.path(), "cannot be told how hard to think");
                }
            }
            case BUDGET -> {
                if (!effort.equals("none")) {
                    roughly(given, BUDGETS.getOrDefault(effort, LEAST));
                }
            }
            case EFFORT_OR_BUDGET, EFFORT -> {
                if (effort.equals("xhigh") && family.thinking() == Family.Thinking.EFFORT_OR_BUDGET) {
                    disclosure.unsaid(given.path(), "knows no reasoning effort 'xhigh'");
                } else if (!effort.equals("none") && adaptive(given)) {
                    AdditionalFields.object(body, "outputConfig").put("effort", least(effort, given));
                }
            }
            case LEVEL -> {
                String level = least(effort, given);
                if (LEVELS.contains(level)) {
                    fields.set("reasoning_effort", text(level));
                } else {
                    disclosure.unsaid(given.path(), "knows no reasoning effort '" + effort + "'");
                }
            }
            case CONFIG -> config(given, effort);
        }
    }

    private void config(Given given, String effort) {
        if (effort.equals("none")) {
            return;
        }
        String level = least(effort, given);
        if (!LEVELS.contains(level)) {
            disclosure.unsaid(given.path(), "knows no reasoning effort '" + effort + "'");
        } else if (level.equals("high") && (inference("temperature") || inference("topP") || inference("maxTokens"))) {
            disclosure.unsaid(given.path(), "thinks hard only without a limit, a temperature and a 'top_p'");
        } else {
            fields.set("reasoningConfig", Json.object().put("type", "enabled").put("maxReasoningEffort", level));
        }
    }

    private String least(String effort, Given given) {
        if (effort.equals("minimal")) {
            disclosure.emulated(given.path());
            return "low";
        }
        return effort;
    }

    private static JsonNode text(String text) {
        return Json.mapper().getNodeFactory().textNode(text);
    }

    private boolean adaptive(Given given) {
        String conflict = conflict(true);
        if (conflict != null) {
            conflicting(given, conflict);
            return false;
        }
        fields.set(FIELD, Json.object().put("type", "adaptive"));
        return true;
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
        long most = limit();
        if (conflict != null) {
            conflicting(given, conflict);
        } else if (tokens < LEAST) {
            disclosure.unsaid(given.path(), "thinks with 1024 tokens at least");
        } else if (most > 0 && tokens >= most) {
            disclosure.unsaid(given.path(), "thinks with fewer tokens than the answer may have");
        } else {
            enabled(tokens);
        }
    }

    private void roughly(Given given, int tokens) {
        String conflict = conflict(false);
        long most = limit();
        if (conflict != null) {
            conflicting(given, conflict);
        } else if (most > 0 && most <= LEAST) {
            disclosure.unsaid(
                    given.path(), "thinks with 1024 tokens at least, and the answer's limit must be more than that");
        } else {
            enabled(most > 0 ? Math.min(tokens, Math.max(LEAST, most / 2)) : tokens);
            disclosure.emulated(given.path());
        }
    }

    private void enabled(long tokens) {
        fields.set(
                FIELD,
                Json.object()
                        .put("type", "enabled")
                        .put("budget_tokens", Math.toIntExact(Math.min(tokens, Integer.MAX_VALUE))));
    }

    private long limit() {
        return body.path("inferenceConfig").path("maxTokens").asLong();
    }

    private boolean inference(String member) {
        return body.path("inferenceConfig").has(member);
    }

    /** What in the request makes thinking illegal; null when nothing does. */
    @Nullable String conflict(boolean adaptive) {
        JsonNode choice = body.path("toolConfig").path("toolChoice");
        if (choice.has("any") || choice.has("tool")) {
            return "cannot think where a tool call is demanded";
        }
        if (inference("temperature") && decimal("temperature").compareTo(BigDecimal.ONE) != 0) {
            return "thinks only at a temperature of 1";
        }
        if (fields.has("top_k")) {
            return "cannot think under 'top_k'";
        }
        if (inference("topP") && decimal("topP").compareTo(LEAST_TOP_P) < 0) {
            return "thinks only under a 'top_p' from 0.95 to 1";
        }
        if (!adaptive && turns.goesOnWithoutThinking()) {
            return IN_THE_MIDDLE;
        }
        return null;
    }

    private BigDecimal decimal(String member) {
        return body.path("inferenceConfig").path(member).decimalValue();
    }
}
