package dev.signalbox.dialect.bedrock;

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
 * A conversation in Bedrock's order: system text apart, then turns of user and assistant that alternate and begin with the
 * user; results of tools at the head of their turn; no blank text; words beside every document.
 */
final class Turns {

    private static final String DOCUMENT = "(see the document)";

    private record Block(ObjectNode json, String path) {
        boolean is(String member) {
            return json.has(member);
        }
    }

    private record Turn(boolean assistant, List<Block> blocks, List<String> paths) {}

    private final Disclosure disclosure;
    private final Blocks blocks;
    private final CachePoints marks;
    private final ArrayNode system = Json.mapper().createArrayNode();
    private final List<Turn> turns = new ArrayList<>();

    Turns(List<Message> messages, Blocks blocks, CachePoints marks, Family family, Disclosure disclosure) {
        this.disclosure = disclosure;
        this.blocks = blocks;
        this.marks = marks;
        boolean begun = false;
        for (Message message : messages) {
            if (message.role() == Role.SYSTEM) {
                system(message, begun);
            } else {
                begun = true;
                turn(message);
            }
        }
        if (!family.prefill() && endsWithAssistant()) {
            Turn last = turns.removeLast();
            last.paths().forEach(path -> disclosure.unsaid(path, "needs a conversation that ends with the user"));
        }
        if (turns.isEmpty()) {
            String path = messages.isEmpty() ? "messages" : messages.getLast().path();
            disclosure.impossible(path, "needs a message of the user");
        }
        turns.forEach(this::order);
        turns.forEach(this::wordsBesideDocuments);
        trimEnd();
    }

    private void system(Message message, boolean inTheMiddle) {
        int before = system.size();
        for (Part part : message.parts()) {
            ObjectNode block = blocks.system(part);
            if (block != null) {
                system.add(block);
            }
            ObjectNode mark = marked(part, block, "system");
            if (mark != null) {
                system.add(mark);
            }
        }
        if (inTheMiddle && system.size() > before) {
            disclosure.emulated(message.path());
        }
    }

    private @Nullable ObjectNode marked(Part part, @Nullable ObjectNode block, String where) {
        if (block != null) {
            return marks.point(part.cacheMark(), where, part.path());
        }
        disclosure.cacheMark(part.cacheMark(), part.path(), "takes no blank text, and so no mark on it");
        return null;
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
            ObjectNode mark = marked(part, block, "messages");
            if (mark != null) {
                said.add(new Block(mark, part.path()));
            }
        }
        if (said.isEmpty()) {
            if (disclosure.unsaid().size() == unsaid) {
                disclosure.emulated(message.path());
            }
            return;
        }
        if (turns.isEmpty() || turns.getLast().assistant() != assistant) {
            turns.add(new Turn(assistant, said, new ArrayList<>(List.of(message.path()))));
        } else {
            turns.getLast().blocks().addAll(said);
            turns.getLast().paths().add(message.path());
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

    /** Results of tools first, each with the mark behind it. */
    private void order(Turn turn) {
        List<Block> results = new ArrayList<>();
        List<Block> rest = new ArrayList<>();
        boolean afterResult = false;
        for (Block block : turn.blocks()) {
            afterResult = block.is("toolResult") || (afterResult && block.is("cachePoint"));
            if (!afterResult) {
                rest.add(block);
                continue;
            }
            if (!rest.isEmpty() && block.is("toolResult")) {
                disclosure.emulated(block.path());
            }
            results.add(block);
        }
        turn.blocks().clear();
        turn.blocks().addAll(results);
        turn.blocks().addAll(rest);
    }

    private void wordsBesideDocuments(Turn turn) {
        if (turn.blocks().stream().anyMatch(block -> block.is("text"))) {
            return;
        }
        for (int i = 0; i < turn.blocks().size(); i++) {
            Block block = turn.blocks().get(i);
            if (block.is("document")) {
                disclosure.emulated(block.path());
                turn.blocks().add(i, new Block(Json.object().put("text", DOCUMENT), block.path()));
                return;
            }
        }
    }

    private void trimEnd() {
        if (!endsWithAssistant()) {
            return;
        }
        Block last = turns.getLast().blocks().getLast();
        String text = last.json().path("text").asText();
        String trimmed = text.stripTrailing();
        if (trimmed.length() < text.length()) {
            last.json().put("text", trimmed);
            disclosure.emulated(last.path());
        }
    }

    private boolean endsWithAssistant() {
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
            return !last.blocks().getFirst().is("reasoningContent");
        }
        return last.blocks().getFirst().is("toolResult")
                && turns.size() > 1
                && !turns.get(turns.size() - 2).blocks().getFirst().is("reasoningContent");
    }

    /** Where a tool was first called or answered; null when none was. */
    @Nullable String firstCall() {
        return turns.stream()
                .flatMap(turn -> turn.blocks().stream())
                .filter(block -> block.is("toolUse") || block.is("toolResult"))
                .map(Block::path)
                .findFirst()
                .orElse(null);
    }

    /** The names of the tools that were called, as they are said. */
    List<String> called() {
        return turns.stream()
                .flatMap(turn -> turn.blocks().stream())
                .filter(block -> block.is("toolUse"))
                .map(block -> block.json().path("toolUse").path("name").asText())
                .distinct()
                .toList();
    }

    /** Adds to the system text. */
    void instruct(String words) {
        system.addObject().put("text", words);
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
