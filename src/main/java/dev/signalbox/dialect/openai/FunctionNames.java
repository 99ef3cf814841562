package dev.signalbox.dialect.openai;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Tool;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names of functions as OpenAI takes them, up to 64 letters, digits, {@code _} and {@code -}, and back: a request's other
 * names, which callers of other languages may have, are said with {@code _} in place of what is refused, and with a number
 * where that name is taken.
 */
final class FunctionNames {

    private static final int LONGEST = 64;
    private static final Pattern TAKEN = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
    private static final Pattern REFUSED = Pattern.compile("[^a-zA-Z0-9_-]");

    private final Map<String, String> saidByOwn = new LinkedHashMap<>();
    private final Map<String, String> ownBySaid = new LinkedHashMap<>();

    /** The names of the tools and of the calls in a prompt. */
    FunctionNames(Prompt prompt) {
        add(prompt, true);
        add(prompt, false);
    }

    private void add(Prompt prompt, boolean taken) {
        for (Tool tool : prompt.tools()) {
            add(tool.name(), taken);
        }
        for (Message message : prompt.messages()) {
            for (Part part : message.parts()) {
                if (part instanceof Part.ToolCall call) {
                    add(call.name(), taken);
                }
            }
        }
    }

    private void add(String own, boolean taken) {
        if (own.isEmpty() || TAKEN.matcher(own).matches() != taken || saidByOwn.containsKey(own)) {
            return;
        }
        String said = taken ? own : shortened(REFUSED.matcher(own).replaceAll("_"), "");
        for (int n = 2; !taken && ownBySaid.containsKey(said); n++) {
            said = shortened(REFUSED.matcher(own).replaceAll("_"), "_" + n);
        }
        saidByOwn.put(own, said);
        ownBySaid.put(said, own);
    }

    private static String shortened(String name, String end) {
        return name.substring(0, Math.min(name.length(), LONGEST - end.length())) + end;
    }

    /** Whether all are said as the caller says them. */
    boolean areOwn() {
        return saidByOwn.entrySet().stream().allMatch(name -> name.getKey().equals(name.getValue()));
    }

    /** How a name is said to the vendor. */
    String said(String own) {
        return saidByOwn.getOrDefault(own, own);
    }

    private ChatEvent own(ChatEvent event) {
        return event instanceof ChatEvent.ToolCallStarted(int index, String id, String name)
                ? new ChatEvent.ToolCallStarted(index, id, ownBySaid.getOrDefault(name, name))
                : event;
    }

    /** Reads an answer with the caller's own names. */
    AnswerDecoder decoder() {
        AnswerDecoder reader = new AnswerReader();
        return new AnswerDecoder() {
            @Override
            public void answer(byte[] json, Consumer<ChatEvent> sink) {
                reader.answer(json, event -> sink.accept(own(event)));
            }

            @Override
            public void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
                reader.event(name, data, event -> sink.accept(own(event)));
            }

            @Override
            public boolean ended() {
                return reader.ended();
            }

            @Override
            public boolean finished() {
                return reader.finished();
            }
        };
    }
}
