package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.dialect.Disclosure;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a deployment's configuration says for callers who say nothing, where this language has it. */
final class GeminiDefaults {

    private static final String CONFIG = "generationConfig";
    private static final Set<String> AT_THE_TOP =
            Set.of("safetySettings", "cachedContent", "labels", "toolConfig", "systemInstruction", "serviceTier");
    private static final Set<String> OF_VECTORS = Set.of("dimensions", "outputDimensionality", "taskType");
    private static final Map<String, String> OTHER_NAMES = Map.of(
            "maxTokens", "maxOutputTokens",
            "maxCompletionTokens", "maxOutputTokens",
            "stop", "stopSequences",
            "n", "candidateCount");

    /** What callers of other languages can set, to keep defaults from taking the place of something unsayable. */
    private static final Map<String, Setting> SETTINGS = Map.ofEntries(
            Map.entry("maxOutputTokens", Setting.MAX_OUTPUT_TOKENS),
            Map.entry("temperature", Setting.TEMPERATURE),
            Map.entry("topP", Setting.TOP_P),
            Map.entry("topK", Setting.TOP_K),
            Map.entry("seed", Setting.SEED),
            Map.entry("stopSequences", Setting.STOP),
            Map.entry("presencePenalty", Setting.PRESENCE_PENALTY),
            Map.entry("frequencyPenalty", Setting.FREQUENCY_PENALTY),
            Map.entry("candidateCount", Setting.CANDIDATES));

    private final ObjectNode top = Json.object();
    private final ObjectNode config = Json.object();

    GeminiDefaults(Target target) {
        target.defaults().forEach((name, value) -> {
            JsonNode json = Json.mapper().valueToTree(value);
            String camel = camel(name);
            if (camel.equals(CONFIG) && json instanceof ObjectNode members) {
                members.properties().forEach(member -> config.set(camel(member.getKey()), member.getValue()));
            } else if (AT_THE_TOP.contains(camel)) {
                top.set(camel, json);
            } else if (camel.equals("reasoningEffort")) {
                GeminiThinking thinking = new GeminiThinking(GeminiModel.of(target.model()), new Disclosure());
                config.set("thinkingConfig", thinking.effort(json.asText(), name));
            } else if (!OF_VECTORS.contains(camel)) {
                setting(OTHER_NAMES.getOrDefault(camel, camel), json);
            }
        });
    }

    private void setting(String name, JsonNode value) {
        if (name.equals("stopSequences") && value.isTextual()) {
            config.putArray(name).add(value);
        } else {
            config.set(name, value);
        }
    }

    private static String camel(String name) {
        StringBuilder camel = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if ((c == '_' || c == '-') && i > 0 && i + 1 < name.length()) {
                camel.append(Character.toUpperCase(name.charAt(++i)));
            } else {
                camel.append(c);
            }
        }
        return camel.toString();
    }

    /** Fills up a request that was made of a prompt. */
    void fill(ObjectNode body, Prompt prompt) {
        top.properties().forEach(member -> body.putIfAbsent(member.getKey(), member.getValue()));
        for (Map.Entry<String, JsonNode> member : config.properties()) {
            String name = member.getKey();
            Setting setting = SETTINGS.get(name);
            boolean given = (setting != null && prompt.setting(setting) != null)
                    || (name.equals("thinkingConfig")
                            && (prompt.setting(Setting.REASONING_EFFORT) != null
                                    || prompt.setting(Setting.THINKING_BUDGET) != null));
            if (!given) {
                body.withObject("/" + CONFIG).putIfAbsent(name, member.getValue());
            }
        }
    }

    /** What changes in a caller's own body. */
    void change(Body body, Map<String, byte @Nullable []> changes) {
        for (Map.Entry<String, JsonNode> member : top.properties()) {
            if (!body.has(member.getKey()) && !body.has(Fields.snake(member.getKey()))) {
                changes.put(member.getKey(), Json.bytes(member.getValue()));
            }
        }
        if (config.isEmpty()) {
            return;
        }
        String name = body.member(CONFIG) == null && body.member(Fields.snake(CONFIG)) != null
                ? Fields.snake(CONFIG)
                : CONFIG;
        Body.Member given = body.member(name);
        if (given == null || !body.has(name)) {
            changes.put(name, Json.bytes(config));
            return;
        }
        byte[] filled = filled(Arrays.copyOfRange(body.bytes(), given.start(), given.end()));
        if (filled != null) {
            changes.put(name, filled);
        }
    }

    /**
     * The caller's config with what is missing in front of it, and each of its own bytes as it was; null when nothing is
     * missing.
     */
    private byte @Nullable [] filled(byte[] raw) {
        Body given = Body.parse(raw);
        ObjectNode missing = Json.object();
        config.properties().forEach(member -> {
            if (given.member(member.getKey()) == null && given.member(Fields.snake(member.getKey())) == null) {
                missing.set(member.getKey(), member.getValue());
            }
        });
        if (missing.isEmpty()) {
            return null;
        }
        byte[] more = Json.bytes(missing);
        ByteArrayOutputStream out = new ByteArrayOutputStream(raw.length + more.length);
        out.write(more, 0, more.length - 1);
        if (given.members().iterator().hasNext()) {
            out.write(',');
        }
        out.write(raw, 1, raw.length - 1);
        return out.toByteArray();
    }
}
