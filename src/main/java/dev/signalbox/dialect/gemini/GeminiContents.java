package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.dialect.Disclosure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A conversation in Gemini's order: system text apart, then turns of user and model that alternate, results of tools in the
 * user's; seals on the parts that they were given for.
 */
final class GeminiContents {

    private record Turn(boolean model, List<ObjectNode> parts) {}

    private final Disclosure disclosure;
    private final GeminiParts parts;
    private final GeminiModel model;
    private final ArrayNode system = Json.mapper().createArrayNode();
    private final List<Turn> turns = new ArrayList<>();
    private final Map<String, Part.ToolCall> calls = new HashMap<>();
    private final Map<String, Integer> order = new HashMap<>();
    private final IdentityHashMap<ObjectNode, Integer> places = new IdentityHashMap<>();
    private final Map<String, String> seals = new HashMap<>(0);

    GeminiContents(List<Message> messages, GeminiParts parts, GeminiModel model, Disclosure disclosure) {
        this.disclosure = disclosure;
        this.parts = parts;
        this.model = model;
        messages.forEach(this::note);
        boolean begun = false;
        for (Message message : messages) {
            if (message.role() == Role.SYSTEM) {
                system(message, begun);
            } else {
                begun = true;
                turn(message);
            }
        }
        turns.forEach(this::inOrder);
        if (turns.isEmpty() && disclosure.unsaid().stream().noneMatch(Unsaid::required)) {
            String path = messages.isEmpty() ? "messages" : messages.getLast().path();
            disclosure.impossible(path, "needs a message of the user");
        }
    }

    /** What must be known before it is said: the names of calls, for their results, and seals, for their calls. */
    private void note(Message message) {
        for (Part part : message.parts()) {
            if (part instanceof Part.ToolCall call) {
                calls.put(call.id(), call);
                order.put(call.id(), order.size());
            } else if (part instanceof Part.SealedThinking(String data, String origin, String _)
                    && origin.equals(GeminiDialect.ID)) {
                String call = GeminiSeal.callOf(data);
                if (call != null) {
                    seals.put(call, GeminiSeal.sealIn(data));
                }
            }
        }
    }

    private void system(Message message, boolean inTheMiddle) {
        int before = system.size();
        for (Part part : message.parts()) {
            ObjectNode said = parts.system(part);
            if (said != null) {
                system.add(said);
            }
        }
        if (inTheMiddle && system.size() > before) {
            disclosure.emulated(message.path());
        }
    }

    private void turn(Message message) {
        boolean ofModel = message.role() == Role.ASSISTANT;
        int unsaid = disclosure.unsaid().size();
        List<ObjectNode> said = new ArrayList<>(message.parts().size());
        for (Part part : message.parts()) {
            if (ofModel) {
                ofModel(part, said);
            } else {
                ofUser(part, said);
            }
        }
        if (said.isEmpty()) {
            if (disclosure.unsaid().size() == unsaid) {
                disclosure.emulated(message.path());
            }
            return;
        }
        if (ofModel) {
            sealFirstCall(said);
        }
        if (turns.isEmpty() || turns.getLast().model() != ofModel) {
            turns.add(new Turn(ofModel, said));
        } else {
            turns.getLast().parts().addAll(said);
        }
    }

    /**
     * Results whose calls have no ids belong to them by their order, in whichever the caller gives them: those of one turn
     * change places among themselves.
     */
    private void inOrder(Turn turn) {
        List<ObjectNode> results = turn.parts().stream()
                .filter(places::containsKey)
                .sorted(Comparator.comparingInt(part -> places.getOrDefault(part, Integer.MAX_VALUE)))
                .toList();
        Iterator<ObjectNode> next = results.iterator();
        turn.parts().replaceAll(part -> places.containsKey(part) ? next.next() : part);
    }

    /**
     * The third generation refuses the first call of a step when it has no seal, and takes a certain word for one where the
     * call was made by another vendor's model.
     */
    private void sealFirstCall(List<ObjectNode> said) {
        if (!model.isThird()) {
            return;
        }
        for (ObjectNode part : said) {
            if (part.has("functionCall")) {
                if (!part.has("thoughtSignature")) {
                    part.put("thoughtSignature", GeminiSeal.NOT_SEALED);
                }
                return;
            }
        }
    }

    private void ofUser(Part part, List<ObjectNode> said) {
        switch (part) {
            case Part.Text text -> add(parts.text(text), said);
            case Part.Refusal refusal -> add(parts.refusal(refusal), said);
            case Part.Image _, Part.Document _, Part.Audio _ -> add(parts.media(part), said);
            case Part.ToolResult result -> result(result, said);
            case Part.ToolCall call -> parts.impossible(call, "takes tool calls only from the model");
            case Part.Thinking thinking -> parts.unsaid(thinking, "takes thinking only from the model");
            case Part.SealedThinking thinking -> parts.unsaid(thinking, "takes thinking only from the model");
        }
    }

    private void result(Part.ToolResult result, List<ObjectNode> said) {
        Part.ToolCall call = calls.get(result.callId());
        if (call == null) {
            parts.impossible(result, "takes a tool's result only beside the call that it is of");
        } else {
            List<ObjectNode> nodes = parts.result(result, call.name(), model.isThird());
            if (result.callId().startsWith(CallIds.MADE)) {
                nodes.forEach(node -> places.put(node, order.getOrDefault(result.callId(), Integer.MAX_VALUE)));
            }
            said.addAll(nodes);
        }
    }

    private void ofModel(Part part, List<ObjectNode> said) {
        switch (part) {
            case Part.Text text -> add(parts.text(text), said);
            case Part.Refusal refusal -> add(parts.refusal(refusal), said);
            case Part.Image _, Part.Document _, Part.Audio _ -> add(parts.media(part), said);
            case Part.ToolCall call -> {
                ObjectNode node = parts.call(call);
                String seal = seals.get(call.id());
                if (node != null && seal != null) {
                    node.put("thoughtSignature", seal);
                }
                add(node, said);
            }
            case Part.Thinking thinking -> thinking(thinking, said);
            case Part.SealedThinking thinking -> sealed(thinking, said);
            case Part.ToolResult result -> parts.impossible(result, "takes no tool results from the model");
        }
    }

    /** Words that were thought stay thoughts; a seal of another vendor is stripped. */
    private void thinking(Part.Thinking thinking, List<ObjectNode> said) {
        String signature = thinking.signature();
        boolean own = signature != null && GeminiDialect.ID.equals(thinking.origin());
        if (signature != null && !own) {
            disclosure.hint(thinking.path() + ".signature", "cannot read what another vendor has signed");
        }
        if (!own && thinking.text().isEmpty()) {
            return;
        }
        ObjectNode part = GeminiParts.words(thinking.text()).put("thought", true);
        if (own) {
            part.put("thoughtSignature", signature);
        }
        said.add(part);
    }

    private void sealed(Part.SealedThinking thinking, List<ObjectNode> said) {
        if (!thinking.origin().equals(GeminiDialect.ID)) {
            parts.unsaid(thinking, "cannot read thinking that another vendor has encrypted");
            return;
        }
        String call = GeminiSeal.callOf(thinking.data());
        if (call != null) {
            if (!calls.containsKey(call)) {
                parts.unsaid(thinking, "takes the seal of a call only beside that call");
            }
            return; // said with its call
        }
        String seal = GeminiSeal.sealIn(thinking.data());
        boolean onPart = GeminiSeal.isOnPart(thinking.data())
                && !said.isEmpty()
                && !said.getLast().has("thoughtSignature");
        ObjectNode sealed = onPart ? said.getLast() : GeminiParts.words("");
        sealed.put("thoughtSignature", seal);
        if (!onPart) {
            said.add(sealed);
        }
    }

    private static void add(@Nullable ObjectNode part, List<ObjectNode> said) {
        if (part != null) {
            said.add(part);
        }
    }

    /** The system text; null when there is none. */
    @Nullable ObjectNode system() {
        if (system.isEmpty()) {
            return null;
        }
        ObjectNode instruction = Json.object();
        instruction.set("parts", system);
        return instruction;
    }

    /** The turns. */
    ArrayNode contents() {
        ArrayNode contents = Json.mapper().createArrayNode();
        for (Turn turn : turns) {
            ArrayNode said = contents.addObject()
                    .put("role", turn.model() ? "model" : "user")
                    .putArray("parts");
            turn.parts().forEach(said::add);
        }
        return contents;
    }
}
