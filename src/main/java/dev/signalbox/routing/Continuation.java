package dev.signalbox.routing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Continued;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.tokens.TokenEstimate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One upstream going on with the answer of another: what it is asked, and what of its own answer the caller still has to
 * hear. Pure; made anew for each upstream.
 *
 * <p>Words that repeat what was said are cut ({@link Overlap}). Calls must come again as they were heard ({@link
 * CallMatching}). An answer that is to be JSON is held back until it is whole and parses. Thoughts go on only where thoughts
 * alone were heard, cut like words, and without their seal, which does not cover what another has thought.
 */
final class Continuation {

    /** Many models refuse to be given the beginning of their own answer, so that they are asked. */
    static final String WISH =
            "Your last message was cut off. Continue it exactly where it stopped: begin with the very next "
                    + "character, repeat nothing, explain nothing, and keep its language, form and style. If you were about to call a"
                    + " tool, call it now.";

    /** Some vendors refuse to answer with fewer tokens. */
    private static final int FEWEST_TOKENS = 16;

    private final String said;
    private final boolean thoughtsWereOver;
    private final boolean hadThoughts;
    private final boolean hadCalls;
    private final @Nullable JsonNode format;
    private final Consumer<ChatEvent> out;
    private final Overlap overlap;
    private final CallMatching calls;
    private final StringBuilder document = new StringBuilder();
    private final List<ChatEvent> seals = new ArrayList<>(0);
    private final Overlap thoughts;
    private boolean thoughtsEnded;
    private boolean textEnded;
    private boolean saidMore;
    private boolean finished;

    /**
     * @param prompt what the caller asked
     * @param before what the caller has heard; it may grow by what this gives
     * @param out takes what the caller still has to hear
     */
    Continuation(Prompt prompt, Transcript before, Consumer<ChatEvent> out) {
        this.said = before.text();
        this.format = format(prompt);
        this.out = out;
        this.overlap = new Overlap(said);
        this.thoughts = new Overlap(before.thoughts());
        this.calls = new CallMatching(
                before.calls().stream()
                        .map(call -> new Transcript.Called(
                                call.index(), call.id(), call.name(), new StringBuilder(call.arguments())))
                        .toList(),
                out);
        this.thoughtsWereOver = before.thoughtsAreOver();
        this.hadCalls = !before.calls().isEmpty();
        this.hadThoughts = !before.thoughts().isEmpty();
    }

    private static @Nullable JsonNode format(Prompt prompt) {
        Given given = prompt.setting(Setting.RESPONSE_FORMAT);
        if (given == null || !given.value().path("type").asText().startsWith("json")) {
            return null;
        }
        return given.value();
    }

    /** What is asked of whoever goes on. */
    static Continued wish(Prompt prompt, Transcript heard) {
        String said = heard.text().isBlank() ? "" : heard.text();
        List<Message> messages = new ArrayList<>(prompt.messages());
        if (!said.isEmpty()) {
            messages.add(new Message(Role.ASSISTANT, List.of(new Part.Text(said, null, "answer")), "answer"));
            messages.add(new Message(Role.USER, List.of(new Part.Text(WISH, null, "continue")), "continue"));
        }
        Map<Setting, Given> settings = new EnumMap<>(Setting.class);
        settings.putAll(prompt.settings());
        Integer limit = limit(prompt, said);
        Given given = prompt.setting(Setting.MAX_OUTPUT_TOKENS);
        if (limit != null && given != null) {
            settings.put(Setting.MAX_OUTPUT_TOKENS, new Given(IntNode.valueOf(limit), given.path()));
        }
        Prompt asked = new Prompt(
                messages, prompt.tools(), prompt.toolChoice(), settings, prompt.leftovers(), prompt.toolChoicePath());
        return new Continued(asked, said, WISH, limit);
    }

    /** A limit that thoughts count against, too, stays as it is: nobody knows how many of them are still to come. */
    private static @Nullable Integer limit(Prompt prompt, String said) {
        Given given = prompt.setting(Setting.MAX_OUTPUT_TOKENS);
        boolean thinks = prompt.setting(Setting.THINKING_BUDGET) != null;
        if (given == null || said.isEmpty() || thinks || !given.value().canConvertToInt()) {
            return null;
        }
        int most = given.value().asInt();
        long left = Math.max(Math.min(most, FEWEST_TOKENS), most - TokenEstimate.of(said));
        return (int) left;
    }

    /**
     * Takes the next event.
     *
     * @throws Unfit when this is not the same answer; of which the caller has heard what was given to {@code out}
     */
    void event(ChatEvent event) {
        switch (event) {
            case ChatEvent.Started _ -> {}
            case ChatEvent.Used used -> out.accept(used);
            case ChatEvent.Text(var delta) -> text(delta);
            case ChatEvent.Thinking(var delta) -> {
                if (!thoughtsWereOver && !delta.isEmpty()) {
                    thoughtsEnded = false;
                    think(thoughts.take(delta));
                }
            }
            case ChatEvent.ThinkingSealed seal -> {
                endThoughts();
                if (!thoughtsWereOver && !hadThoughts) {
                    say(seal);
                }
            }
            case ChatEvent.SealedThinking seal -> seals.add(seal);
            case ChatEvent.ToolCallStarted call -> {
                endThoughts();
                endText(FinishReason.TOOL_CALLS);
                calls.started(call, seals);
                seals.clear();
            }
            case ChatEvent.ToolCallArguments more -> calls.arguments(more);
            case ChatEvent.Refusal refusal -> {
                if (!said.isEmpty() || hadCalls) {
                    throw new Unfit("the rest was refused");
                }
                say(refusal);
            }
            case ChatEvent.Finished end -> finish(end);
            case ChatEvent.Wire _, ChatEvent.Embedded _, ChatEvent.Counted _ ->
                throw new Unfit("it is not an answer of words");
        }
    }

    private void say(ChatEvent event) {
        saidMore = true;
        out.accept(event);
    }

    private void think(String fresh) {
        if (!fresh.isEmpty()) {
            say(new ChatEvent.Thinking(fresh));
        }
    }

    /** Thoughts that are only a beginning of what was thought before are nothing new. */
    private void endThoughts() {
        if (!thoughtsWereOver && !thoughtsEnded) {
            thoughtsEnded = true;
            String rest = thoughts.end();
            think(rest == null ? "" : rest);
        }
    }

    private void text(String delta) {
        if (delta.isEmpty() || !calls.isPast()) {
            return; // the words before the calls that were heard are over
        }
        endThoughts();
        if (format != null) {
            document.append(delta);
            return;
        }
        pass(textEnded ? delta : overlap.take(delta));
    }

    private void pass(@Nullable String fresh) {
        if (fresh == null) {
            throw new Unfit("it said less than was said before");
        }
        if (!fresh.isEmpty()) {
            say(new ChatEvent.Text(fresh));
        }
    }

    private void endText(FinishReason reason) {
        if (textEnded || !calls.isPast()) {
            return;
        }
        textEnded = true;
        if (format == null) {
            pass(overlap.end());
        } else if (reason != FinishReason.TOOL_CALLS || !document.isEmpty()) {
            pass(document(format, reason));
        }
    }

    /** What is missing of a document: said anew or gone on with, it must be one document together with what was said. */
    private String document(JsonNode wanted, FinishReason reason) {
        String more = document.toString();
        Overlap repeated = new Overlap(said);
        String begun = repeated.take(more);
        String end = repeated.end();
        String usual = end == null ? null : begun + end;
        if (usual != null && isDocument(said + usual, wanted)) {
            return usual;
        }
        if (isDocument(said + more, wanted)) {
            return more;
        }
        for (int again = Math.min(said.length(), more.length()); again > 0; again--) {
            if (said.regionMatches(said.length() - again, more, 0, again)
                    && isDocument(said + more.substring(again), wanted)) {
                return more.substring(again);
            }
        }
        if (usual != null && reason != FinishReason.STOP && reason != FinishReason.STOP_SEQUENCE) {
            return usual; // cut by a limit or a policy: what there is
        }
        throw new Unfit("it is no JSON together with what was said");
    }

    private static boolean isDocument(String text, JsonNode wanted) {
        try {
            JsonNode read = Json.read(text);
            return !read.isMissingNode() && SchemaFit.fits(read, wanted.path("schema"));
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private void finish(ChatEvent.Finished end) {
        if (finished) {
            return;
        }
        finished = true;
        endThoughts();
        endText(end.reason());
        boolean nothing = !saidMore && !hadCalls && format == null;
        boolean meant = end.reason() == FinishReason.STOP || end.reason() == FinishReason.STOP_SEQUENCE;
        if (nothing && !meant && !overlap.hasRepeated() && !said.isEmpty()) {
            throw new Unfit("it said nothing more");
        }
        calls.end();
        out.accept(end);
    }

    /** Whether the upstream has said how its answer ended. */
    boolean isFinished() {
        return finished;
    }
}
