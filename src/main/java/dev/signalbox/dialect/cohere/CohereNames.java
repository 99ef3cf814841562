package dev.signalbox.dialect.cohere;

import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Tool;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Names of tools as Cohere takes them, letters, digits and {@code _} with no digit first, and back: a request's other names
 * are said with {@code _} in place of what is refused, and with a number where that name is taken.
 */
final class CohereNames {

    /** No name is said otherwise. */
    static final CohereNames NONE = new CohereNames();

    private static final Pattern TAKEN = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
    private static final Pattern REFUSED = Pattern.compile("[^a-zA-Z0-9_]");

    private final Map<String, String> saidByOwn = new LinkedHashMap<>();
    private final Map<String, String> ownBySaid = new LinkedHashMap<>();

    private CohereNames() {}

    /** The names of the tools and of the calls in a prompt. */
    static CohereNames of(Prompt prompt) {
        CohereNames names = new CohereNames();
        names.add(prompt, true);
        names.add(prompt, false);
        return names;
    }

    private void add(Prompt prompt, boolean taken) {
        for (Tool tool : prompt.tools()) {
            add(tool.name(), taken);
        }
        for (Prompt.Message message : prompt.messages()) {
            for (Part part : message.parts()) {
                if (part instanceof Part.ToolCall call) {
                    add(call.name(), taken);
                }
            }
        }
    }

    private void add(String own, boolean taken) {
        if (TAKEN.matcher(own).matches() != taken || saidByOwn.containsKey(own)) {
            return;
        }
        String said = taken ? own : REFUSED.matcher(own).replaceAll("_");
        if (!TAKEN.matcher(said).matches()) {
            said = "_" + said;
        }
        String free = said;
        for (int n = 2; ownBySaid.containsKey(free); n++) {
            free = said + "_" + n;
        }
        saidByOwn.put(own, free);
        ownBySaid.put(free, own);
    }

    /** How a name is said to the vendor. */
    String said(String own) {
        return saidByOwn.getOrDefault(own, own);
    }

    /** The caller's own name. */
    String own(String said) {
        return ownBySaid.getOrDefault(said, said);
    }
}
