package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A deployment's defaults under Anthropic's names: those in OpenAI's words are renamed, those that this language has no word
 * for, or that the model refuses, are left out.
 */
final class AnthropicDefaults {

    private static final Map<String, String> RENAMED = Map.of(
            "max_completion_tokens", "max_tokens",
            "max_output_tokens", "max_tokens",
            "stop", "stop_sequences",
            "user", "metadata",
            "reasoning_effort", "output_config");

    private static final Set<String> WORDLESS = Set.of(
            "n",
            "seed",
            "frequency_penalty",
            "presence_penalty",
            "logit_bias",
            "logprobs",
            "top_logprobs",
            "parallel_tool_calls",
            "response_format",
            "verbosity");

    private static final Set<String> SAMPLING = Set.of("temperature", "top_p", "top_k");

    private AnthropicDefaults() {}

    static Map<String, JsonNode> of(Target target) {
        if (target.defaults().isEmpty()) {
            return Map.of();
        }
        ModelVersion version = ModelVersion.of(target.model());
        Map<String, JsonNode> defaults = new LinkedHashMap<>();
        target.defaults().forEach((name, value) -> {
            boolean refused = (SAMPLING.contains(name) && !version.takesSampling())
                    || (name.equals("reasoning_effort") && !version.takesEffort());
            if (!refused && !WORDLESS.contains(name)) {
                JsonNode json = Json.mapper().valueToTree(value);
                String own = RENAMED.getOrDefault(name, name);
                if (name.equals(own)) {
                    defaults.put(own, json);
                } else {
                    defaults.putIfAbsent(own, said(name, json));
                }
            }
        });
        return defaults;
    }

    private static JsonNode said(String name, JsonNode value) {
        return switch (name) {
            case "stop" ->
                value.isArray() ? value : Json.mapper().createArrayNode().add(value);
            case "user" -> Json.object().set("user_id", value);
            case "reasoning_effort" -> Json.object().set("effort", value);
            default -> value;
        };
    }
}
