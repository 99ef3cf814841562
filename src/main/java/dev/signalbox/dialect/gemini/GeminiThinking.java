package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.dialect.Disclosure;
import org.jspecify.annotations.Nullable;

/**
 * How hard the model is to think: a level for the third generation, a budget of tokens for 2.5. What one model has no word
 * for is said by the nearest, which is told as emulated; budgets are those of Google's own translation of OpenAI's efforts.
 *
 * @see <a href="https://ai.google.dev/gemini-api/docs/openai#thinking">Thinking, by OpenAI's words</a>
 */
final class GeminiThinking {

    private static final int LEAST_OF_PRO = 128;
    private static final int MOST = 24_576;
    private static final int MOST_OF_PRO = 32_768;

    private final GeminiModel model;
    private final Disclosure disclosure;
    private final ObjectNode config = Json.object();

    GeminiThinking(GeminiModel model, Disclosure disclosure) {
        this.model = model;
        this.disclosure = disclosure;
    }

    /** The {@code thinkingConfig}; null when there is none. */
    @Nullable ObjectNode say(Prompt prompt) {
        Given effort = prompt.setting(Setting.REASONING_EFFORT);
        Given budget = prompt.setting(Setting.THINKING_BUDGET);
        Given wanted = prompt.setting(Setting.THOUGHTS_WANTED);
        if (budget != null && !budget.value().isNull()) {
            budget(budget);
            if (effort != null && !effort.path().equals(budget.path())) {
                disclosure.unsaid(effort.path(), "takes a budget for thinking or an effort, and not both");
            }
        } else if (effort != null && !effort.value().isNull()) {
            effort(effort.value().asText(), effort.path());
        }
        if (wanted != null && !wanted.value().isNull()) {
            wanted(wanted);
        } else if (isAskedToThink()) {
            config.put("includeThoughts", true);
        }
        return config.isEmpty() ? null : config;
    }

    private void wanted(Given wanted) {
        if (model.thinks()) {
            config.set("includeThoughts", wanted.value());
        } else if (wanted.value().asBoolean()) {
            disclosure.unsaid(wanted.path(), "does not think");
        }
    }

    /** Thoughts are shown to those who ask for them to be thought. */
    private boolean isAskedToThink() {
        JsonNode budget = config.get("thinkingBudget");
        return config.has("thinkingLevel") || (budget != null && budget.asLong() != 0);
    }

    private void budget(Given budget) {
        long tokens = budget.value().asLong();
        if (!model.thinks()) {
            if (tokens != 0) {
                disclosure.unsaid(budget.path(), "does not think");
            }
        } else if (tokens < 0) {
            config.put("thinkingBudget", -1);
        } else if (model.isThird()) {
            config.put("thinkingBudget", tokens);
        } else if (tokens > (model.pro() ? MOST_OF_PRO : MOST)) {
            disclosure.unsaid(budget.path(), "thinks with " + (model.pro() ? MOST_OF_PRO : MOST) + " tokens at most");
        } else if (model.pro() && tokens < LEAST_OF_PRO) {
            disclosure.unsaid(budget.path(), "thinks with " + LEAST_OF_PRO + " tokens at least");
        } else {
            config.put("thinkingBudget", tokens);
        }
    }

    /** Says an effort, which may be a deployment's default. */
    ObjectNode effort(String effort, String path) {
        if (!model.thinks()) {
            if (!effort.equals("none")) {
                disclosure.unsaid(path, "does not think");
            }
        } else if (model.isThird()) {
            level(effort, path);
        } else {
            tokens(effort, path);
        }
        return config;
    }

    private void level(String effort, String path) {
        String level = switch (effort) {
            case "none", "minimal" -> model.pro() ? "LOW" : "MINIMAL";
            case "low" -> "LOW";
            case "medium" -> model.hasMedium() ? "MEDIUM" : "HIGH";
            case "high", "xhigh" -> "HIGH";
            default -> null;
        };
        if (level == null) {
            disclosure.unsaid(path, "knows no reasoning effort '" + effort + "'");
            return;
        }
        config.put("thinkingLevel", level);
        if (!level.equalsIgnoreCase(effort)) {
            disclosure.emulated(path);
        }
    }

    private void tokens(String effort, String path) {
        Integer budget = switch (effort) {
            case "none" -> model.pro() ? LEAST_OF_PRO : 0;
            case "minimal", "low" -> 1_024;
            case "medium" -> 8_192;
            case "high" -> MOST;
            case "xhigh" -> model.pro() ? MOST_OF_PRO : MOST;
            default -> null;
        };
        if (budget == null) {
            disclosure.unsaid(path, "knows no reasoning effort '" + effort + "'");
            return;
        }
        config.put("thinkingBudget", budget);
        if (budget != 0) {
            disclosure.emulated(path);
        }
    }
}
