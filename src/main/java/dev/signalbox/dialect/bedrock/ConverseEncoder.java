package dev.signalbox.dialect.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.dialect.Disclosure;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Writes a prompt as a request to Converse. */
final class ConverseEncoder {

    private static final String LIMITS = "inferenceConfig";

    /** Settings under the names that configurations have for them, which give way to the caller's. */
    private static final Map<String, Setting> DEFAULTS = Map.of(
            "max_tokens", Setting.MAX_OUTPUT_TOKENS,
            "max_completion_tokens", Setting.MAX_OUTPUT_TOKENS,
            "temperature", Setting.TEMPERATURE,
            "top_p", Setting.TOP_P,
            "top_k", Setting.TOP_K,
            "stop", Setting.STOP,
            "seed", Setting.SEED,
            "frequency_penalty", Setting.FREQUENCY_PENALTY,
            "presence_penalty", Setting.PRESENCE_PENALTY);

    /** Settings that stand in the way of thinking. */
    private static final Set<Setting> SAMPLING = Set.of(Setting.TEMPERATURE, Setting.TOP_P, Setting.TOP_K);

    /** Members of a request that a configuration may give. */
    private static final Set<String> MEMBERS = Set.of(
            LIMITS,
            AdditionalFields.MEMBER,
            "additionalModelResponseFieldPaths",
            "guardrailConfig",
            "outputConfig",
            "performanceConfig",
            "promptVariables",
            "requestMetadata",
            "serviceTier");

    private final Prompt prompt;
    private final Dialect.Target target;
    private final Family family;
    private final Names names = new Names();
    private final ObjectNode body = Json.object();
    private final AdditionalFields fields = new AdditionalFields(body);
    private Disclosure disclosure = new Disclosure();

    ConverseEncoder(Prompt prompt, Dialect.Target target, Family family) {
        this.prompt = prompt;
        this.target = target;
        this.family = family;
    }

    Encoded encode() {
        var attachments = new Attachments(target.fetched(), family, disclosure);
        var marks = new CachePoints(family, disclosure);
        var blocks = new Blocks(attachments, names, family, disclosure);
        var turns = new Turns(prompt.messages(), blocks, marks, family, disclosure);
        for (Setting setting : Setting.values()) {
            Given given = prompt.setting(setting);
            if (given != null && !given.value().isNull()) {
                say(setting, given);
            }
        }
        Object most =
                target.defaults().getOrDefault("max_tokens", target.defaults().get("max_completion_tokens"));
        if (most != null && isUnsaid(Setting.MAX_OUTPUT_TOKENS)) {
            limits().set("maxTokens", Json.mapper().valueToTree(most));
        }
        var tools = new ToolConfig(prompt, body, fields, turns, names, marks, family, disclosure);
        tools.say();
        var thinking = new Thinking(body, fields, turns, family, disclosure);
        thinking.say(prompt);
        disclosure.leftovers(prompt);
        Disclosure said = disclosure;
        defaults(thinking);
        if (family.stopSequence() != null && body.path(LIMITS).has("stopSequences")) {
            body.withArray("additionalModelResponseFieldPaths").add(family.stopSequence());
        }
        if (turns.system() != null) {
            body.set("system", turns.system());
        }
        body.set("messages", turns.messages());
        String answerTool = tools.answerTool();
        return new Encoded(
                body, said.unsaid(), said.emulated(), () -> new ConverseDecoder(target.model(), names, answerTool));
    }

    private boolean isUnsaid(Setting setting) {
        Given given = prompt.setting(setting);
        return given == null || given.value().isNull();
    }

    private ObjectNode limits() {
        return AdditionalFields.object(body, LIMITS);
    }

    private void say(Setting setting, Given given) {
        switch (setting) {
            case PARALLEL_TOOL_CALLS,
                    RESPONSE_FORMAT,
                    REASONING_EFFORT,
                    THINKING_BUDGET,
                    THOUGHTS_WANTED -> {} // elsewhere
            case MAX_OUTPUT_TOKENS -> limits().set("maxTokens", given.value());
            case TEMPERATURE -> share("temperature", given);
            case TOP_P -> topP(given);
            case TOP_K -> topK(given);
            case STOP -> stop(given);
            case USER -> disclosure.hint(given.path(), "has no field for the caller's own user");
            case FREQUENCY_PENALTY -> more("frequency_penalty", given, "has no penalties");
            case PRESENCE_PENALTY -> more("presence_penalty", given, "has no penalties");
            case SEED -> more("seed", given, "has no seed");
            case CANDIDATES -> unsaidUnless(1, given, "gives one answer at a time");
            case VERBOSITY -> disclosure.unsaid(given.path(), "has no verbosity");
            case DIMENSIONS, EMBEDDING_PURPOSE -> disclosure.unsaid(given.path(), "answers, and makes no vectors");
        }
    }

    private void share(String name, Given given) {
        BigDecimal value = given.value().decimalValue();
        if (!given.value().isNumber() || value.signum() < 0 || value.compareTo(BigDecimal.ONE) > 0) {
            disclosure.unsaid(given.path(), "takes it only from 0 to 1");
        } else {
            limits().set(name, given.value());
        }
    }

    /** A top_p of 1 cuts nothing off, and some models refuse it beside a temperature. */
    private void topP(Given given) {
        boolean cutsNothing = given.value().decimalValue().compareTo(BigDecimal.ONE) == 0;
        if (!cutsNothing || !body.path(LIMITS).has("temperature")) {
            share("topP", given);
        }
    }

    private void topK(Given given) {
        String path = family.topK();
        if (path == null) {
            disclosure.unsaid(given.path(), "has no 'top_k'");
        } else {
            fields.set(path, given.value());
        }
    }

    private void stop(Given given) {
        ArrayNode sequences = Json.mapper().createArrayNode();
        for (int i = 0; i < given.value().size(); i++) {
            JsonNode sequence = given.value().get(i);
            if (sequence.asText().isBlank()) {
                disclosure.unsaid(given.path() + "[" + i + "]", "takes no stop sequence that is blank");
            } else {
                sequences.add(sequence);
            }
        }
        if (!sequences.isEmpty()) {
            limits().set("stopSequences", sequences);
        }
    }

    private void more(String name, Given given, String reason) {
        if (family.moreFields().contains(name)) {
            fields.set(name, given.value());
        } else if (name.equals("seed")) {
            disclosure.unsaid(given.path(), reason);
        } else {
            unsaidUnless(0, given, reason);
        }
    }

    private void unsaidUnless(int meaningless, Given given, String reason) {
        JsonNode value = given.value();
        if (!value.isNumber() || value.decimalValue().compareTo(BigDecimal.valueOf(meaningless)) != 0) {
            disclosure.unsaid(given.path(), reason);
        }
    }

    /** What the configuration gives in place of the caller; what cannot be said of it, or stands in the way, is nothing. */
    private void defaults(Thinking thinking) {
        disclosure = new Disclosure();
        target.defaults().forEach((name, value) -> {
            JsonNode fallback = Json.mapper().valueToTree(value);
            Setting setting = DEFAULTS.get(name);
            String member = member(name);
            if (setting != null) {
                boolean inTheWay = thinking.said() && SAMPLING.contains(setting);
                if (isUnsaid(setting) && !inTheWay) {
                    say(setting, new Given(inShape(setting, fallback), name));
                }
            } else if (MEMBERS.contains(member)) {
                fill(body, member, fallback);
            } else if (!fields.has(name) && !(name.equals("thinking") && thinking.conflict(false) != null)) {
                fields.set(name, fallback);
            }
        });
    }

    private static JsonNode inShape(Setting setting, JsonNode value) {
        return setting == Setting.STOP && value.isTextual()
                ? Json.mapper().createArrayNode().add(value)
                : value;
    }

    /** Puts in what is not there yet, objects member by member. */
    private static void fill(ObjectNode into, String member, JsonNode value) {
        JsonNode there = into.get(member);
        if (there == null) {
            into.set(member, value);
        } else if (there instanceof ObjectNode object && value instanceof ObjectNode more) {
            more.properties().forEach(inner -> fill(object, inner.getKey(), inner.getValue()));
        }
    }

    /** {@code guardrail_config} as {@code guardrailConfig}. */
    private static String member(String name) {
        String[] words = name.split("_");
        StringBuilder joined = new StringBuilder(words[0]);
        for (int i = 1; i < words.length; i++) {
            if (!words[i].isEmpty()) {
                joined.append(words[i].substring(0, 1).toUpperCase(Locale.ROOT)).append(words[i].substring(1));
            }
        }
        return joined.toString();
    }
}
