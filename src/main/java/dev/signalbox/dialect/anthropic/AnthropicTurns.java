package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.dialect.Disclosure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conversation in Anthropic's order: system text apart, then turns of user and assistant that alternate and begin with
 * the user; results of tools at the head of their turn; no blank text, and no blank end.
 */
final class AnthropicTurns {

    private record Block(ObjectNode json, String path) {}

    private record Turn(boolean assistant, List<Block> blocks) {}

    private final Disclosure disclosure;
    private final AnthropicBlocks blocks;
    private final ArrayNode system = Json.mapper().createArrayNode();
    private final List<Turn> turns = new ArrayList<>();

    AnthropicTurns(List<Message> messages, AnthropicBlocks blocks, Disclosure disclosure) {
        this.disclosure = disclosure;
        this.blocks = blocks;
        boolean begun = false;
        for (Message message : messages) {
            if (message.role() == Role.SYSTEM) {
                system(message, begun);
            } else {
                begun = true;
                turn(message);
            }
        }
        if (turns.isEmpty()) {
            String path = messages.isEmpty() ? "messages" : messages.getLast().path();
            disclosure.impossible(path, "needs a message of the user");
        }
        turns.forEach(this::resultsFirst);
        trimEnd();
    }

    private void system(Message message, boolean inTheMiddle) {
        int before = system.size();
        for (Part part : message.parts()) {
            ObjectNode block = blocks.system(part);
            if (block != null) {
                system.add(block);
            }
        }
        if (inTheMiddle && system.size() > before) {
            disclosure.emulated(message.path());
        }
    }

    private void turn(Message message) {
        boolean assistant = message.role() == Role.ASSISTANT;
        if (assistant && turns.isEmpty()) {
            cannotBegin(message);
            return;
        }
        int unsaid = disclosure.unsaid().size();
        List<Block> said = new ArrayList<>(message.parts().size());
        for (Part part : message.parts()) {
            ObjectNode block = assistant ? blocks.assistant(part) : blocks.user(part);
            if (block != null) {
                said.add(new Block(block, part.path()));
            }
        }
        if (said.isEmpty()) {
            if (disclosure.unsaid().size() == unsaid) {
                disclosure.emulated(message.path());
            }
            return;
        }
        if (turns.isEmpty() || turns.getLast().assistant() != assistant) {
            turns.add(new Turn(assistant, said));
        } else {
            turns.getLast().blocks().addAll(said);
        }
    }

    private void cannotBegin(Message message) {
        String reason = "needs a conversation that begins with the user";
        if (message.parts().stream().anyMatch(Part.ToolCall.class::isInstance)) {
            disclosure.impossible(message.path(), reason);
        } else {
            disclosure.unsaid(message.path(), reason);
        }
    }

    private void resultsFirst(Turn turn) {
        List<Block> results = new ArrayList<>();
        List<Block> rest = new ArrayList<>();
        for (Block block : turn.blocks()) {
            if (!type(block).equals("tool_result")) {
                rest.add(block);
                continue;
            }
            if (!rest.isEmpty()) {
                disclosure.emulated(block.path());
            }
            results.add(block);
        }
        turn.blocks().clear();
        turn.blocks().addAll(results);
        turn.blocks().addAll(rest);
    }

    private void trimEnd() {
        if (!endsWithAssistant()) {
            return;
        }
        Block last = turns.getLast().blocks().getLast();
        if (!type(last).equals("text")) {
            return;
        }
        String text = last.json().path("text").asText();
        String trimmed = text.stripTrailing();
        if (trimmed.length() < text.length()) {
            last.json().put("text", trimmed);
            disclosure.emulated(last.path());
        }
    }

    /** Whether the model is to go on with words that were put into its mouth. */
    boolean endsWithAssistant() {
        return !turns.isEmpty() && turns.getLast().assistant();
    }

    /**
     * Whether the model's last turn is still under way, since it waits for results of tools or is to be continued, and was
     * begun without thinking.
     */
    boolean goesOnWithoutThinking() {
        if (turns.isEmpty()) {
            return false;
        }
        Turn last = turns.getLast();
        if (last.assistant()) {
            return !type(last.blocks().getFirst()).endsWith("thinking");
        }
        boolean results = type(last.blocks().getFirst()).equals("tool_result");
        return results
                && turns.size() > 1
                && !type(turns.get(turns.size() - 2).blocks().getFirst()).endsWith("thinking");
    }

    private static String type(Block block) {
        return block.json().path("type").asText();
    }

    /** Adds a sentence of ours to the system text. */
    void instruct(String words) {
        system.addObject().put("type", "text").put("text", words);
    }

    /** The system text; null when there is none. */
    @Nullable ArrayNode system() {
        return system.isEmpty() ? null : system;
    }

    /** The turns. */
    ArrayNode messages() {
        ArrayNode messages = Json.mapper().createArrayNode();
        for (Turn turn : turns) {
            ArrayNode content = messages.addObject()
                    .put("role", turn.assistant() ? "assistant" : "user")
                    .putArray("content");
            turn.blocks().forEach(block -> content.add(block.json()));
        }
        return messages;
    }
}
