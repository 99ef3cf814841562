package dev.signalbox.catalogue;

import dev.signalbox.catalogue.CatalogueConfig.QuirksConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a configuration says about a provider's quirks, by the names of the keys; lists have spaces between. */
final class GivenQuirks {

    private final Map<String, String> given = new HashMap<>();

    private GivenQuirks() {}

    static Map<String, String> of(QuirksConfig config) {
        var quirks = new GivenQuirks();
        quirks.text("usage-in-stream", config.usageInStream());
        quirks.pairs("rename", config.rename());
        quirks.list("refuse", config.refuse());
        quirks.list("take", config.take());
        quirks.list("parts", config.parts());
        quirks.list("response-formats", config.responseFormats());
        quirks.text("output-limit", config.outputLimit());
        quirks.text("most-stops", config.mostStops());
        quirks.text("tool-call-id-length", config.toolCallIdLength());
        quirks.text("required-tool", config.requiredTool());
        quirks.text("thoughts", config.thoughts());
        quirks.text("thoughts-with-calls", config.thoughtsWithCalls());
        quirks.text("developer-role", config.developerRole());
        quirks.list("reasoning-models", config.reasoningModels());
        quirks.list("reasoning-rename", config.reasoningRename());
        quirks.text("completions", config.completions());
        quirks.text("embeddings", config.embeddings());
        quirks.text("moderations", config.moderations());
        quirks.text("moderation-model", config.moderationModel());
        quirks.text("responses", config.responses());
        return quirks.given;
    }

    private void text(String name, Optional<String> value) {
        value.ifPresent(text -> given.put(name, text.trim()));
    }

    private void list(String name, Optional<List<String>> value) {
        value.ifPresent(list -> given.put(name, list.stream().map(String::trim).collect(Collectors.joining(" "))));
    }

    private void pairs(String name, Map<String, String> value) {
        if (!value.isEmpty()) {
            given.put(
                    name,
                    value.entrySet().stream()
                            .map(pair -> pair.getKey() + ":" + pair.getValue())
                            .sorted()
                            .collect(Collectors.joining(" ")));
        }
    }
}
