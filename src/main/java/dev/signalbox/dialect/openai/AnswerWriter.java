package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.Failures;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes an answer. The chunks of a stream are joined by hand, since there is one for every few characters; how the answer
 * ended, its seals and its usage wait for the end, since vendors tell them in different orders.
 */
final class AnswerWriter implements AnswerEncoder {

    private static final byte[] NOTHING = {};
    private static final byte[] DATA = ascii("data: ");
    private static final byte[] END_OF_EVENT = ascii("\n\n");
    private static final byte[] DONE = ascii("data: [DONE]\n\n");
    private static final byte[] KEEP_ALIVE = ascii(": keep-alive\n\n");
    private static final byte[] ROLE = ascii("\"role\":\"assistant\",");
    private static final byte[] ROLE_ALONE = ascii("\"role\":\"assistant\",\"content\":\"\"");
    private static final byte[] ROLE_WITHOUT_WORDS = ascii("\"role\":\"assistant\",\"content\":null,");
    private static final byte[] CONTENT = ascii("\"content\":");
    private static final byte[] REASONING = ascii("\"" + Thoughts.PLAIN + "\":");
    private static final byte[] SEALED = ascii("\"" + Thoughts.SEALED + "\":");
    private static final byte[] FUNCTION = ascii("\"function_call\":{");
    private static final byte[] REFUSAL = ascii("\"refusal\":");
    private static final byte[] CHOICE = ascii("{\"index\":0,\"delta\":{");
    private static final byte[] GOES_ON = ascii("},\"finish_reason\":null}]}\n\n");

    private final AnswerForm form;
    private final boolean functions;
    private final SealedThoughts thoughts = new SealedThoughts();
    private final PlainAnswer plain;
    private byte @Nullable [] head;
    private final BitSet withoutArguments = new BitSet();
    private boolean roleSent;
    private @Nullable FinishReason reason;
    private @Nullable Usage usage;
    private byte @Nullable [] firstPassed;
    private long created;

    AnswerWriter(AnswerForm form) {
        this.form = form;
        this.created = form.created();
        this.functions = PlainAnswer.wantsFunctions(form);
        this.plain = new PlainAnswer(form, thoughts);
    }

    @Override
    public byte[] event(ChatEvent event) {
        return switch (event) {
            case ChatEvent.Started started -> {
                head = head(started.id(), started.model());
                yield NOTHING;
            }
            case ChatEvent.Text(var delta) -> text(delta);
            case ChatEvent.Thinking(var delta) -> thinking(delta);
            case ChatEvent.ThinkingSealed(var signature, var origin) -> {
                thoughts.seal(signature, origin);
                yield NOTHING;
            }
            case ChatEvent.SealedThinking(var data, var origin) -> {
                thoughts.hidden(data, origin);
                yield NOTHING;
            }
            case ChatEvent.ToolCallStarted call -> {
                thoughts.call();
                withoutArguments.set(call.index());
                yield functions
                        ? function(call)
                        : chunk(
                                ROLE_WITHOUT_WORDS,
                                ascii("\"tool_calls\":[{\"index\":" + call.index() + ",\"id\":"),
                                Json.quoted(call.id()),
                                ascii(",\"type\":\"function\",\"function\":{\"name\":"),
                                Json.quoted(call.name()),
                                ascii(",\"arguments\":\"\"}}]"));
            }
            case ChatEvent.ToolCallArguments(var index, var delta) -> arguments(index, delta);
            case ChatEvent.Refusal(var delta) ->
                delta.isEmpty() ? NOTHING : chunk(ROLE_WITHOUT_WORDS, REFUSAL, Json.quoted(delta));
            case ChatEvent.Finished finished -> {
                reason = finished.reason();
                yield NOTHING;
            }
            case ChatEvent.Used used -> {
                usage = used.usage();
                yield NOTHING;
            }
            case ChatEvent.Wire wire -> wire.silent() ? NOTHING : passed(wire.data());
            case ChatEvent.Embedded _, ChatEvent.Counted _ -> throw new IllegalArgumentException("no part of a chat");
        };
    }

    private byte[] passed(byte[] chunk) {
        if (firstPassed == null) {
            firstPassed = chunk;
        }
        return onWire(chunk);
    }

    /** Goes on under the id, the model and the time of the chunks that were passed. */
    @Override
    public boolean resume(List<ChatEvent> heard) {
        byte[] first = firstPassed;
        if (first == null) {
            return true;
        }
        firstPassed = null;
        PassedChunk passed = PassedChunk.of(first);
        if (!passed.isReadable()) {
            return false;
        }
        created = passed.created(form);
        heard.forEach(this::event);
        roleSent = true;
        return true;
    }

    private byte[] text(String delta) {
        if (delta.isEmpty()) {
            return NOTHING;
        }
        thoughts.speak();
        return chunk(ROLE, CONTENT, Json.quoted(delta));
    }

    private byte[] arguments(int index, String delta) {
        if (delta.isEmpty()) {
            return NOTHING;
        }
        withoutArguments.clear(index);
        if (functions) {
            return index == 0
                    ? chunk(ROLE_WITHOUT_WORDS, FUNCTION, ascii("\"arguments\":"), Json.quoted(delta), ascii("}"))
                    : NOTHING;
        }
        return chunk(
                ROLE_WITHOUT_WORDS,
                ascii("\"tool_calls\":[{\"index\":" + index + ",\"function\":{\"arguments\":"),
                Json.quoted(delta),
                ascii("}}]"));
    }

    /** The older form of a call, of which there is one. */
    private byte[] function(ChatEvent.ToolCallStarted call) {
        return call.index() == 0
                ? chunk(
                        ROLE_WITHOUT_WORDS,
                        FUNCTION,
                        ascii("\"name\":"),
                        Json.quoted(call.name()),
                        ascii(",\"arguments\":\"\"}"))
                : NOTHING;
    }

    private byte[] thinking(String delta) {
        if (delta.isEmpty()) {
            return NOTHING;
        }
        thoughts.think(delta);
        return chunk(ROLE_WITHOUT_WORDS, REASONING, Json.quoted(delta));
    }

    @Override
    public void gather(ChatEvent event) {
        plain.gather(event);
    }

    @Override
    public byte[] plain() {
        return plain.bytes();
    }

    @Override
    public byte[] end(byte[] comment) {
        return join(emptyArguments(), seals(), finish(), counts(), comment, DONE);
    }

    /** Calls that nobody gave arguments get an empty object, since clients parse what they hold. */
    private byte[] emptyArguments() {
        byte[] chunks = NOTHING;
        for (int call : withoutArguments.stream().toArray()) {
            chunks = join(chunks, arguments(call, "{}"));
        }
        return chunks;
    }

    @Override
    public byte[] broken(SignalboxException failure, byte[] comment) {
        return join(onWire(Failures.body(failure)), comment);
    }

    @Override
    public byte[] keepAlive() {
        return KEEP_ALIVE.clone();
    }

    private byte[] seals() {
        ArrayNode sealed = thoughts.all();
        return sealed == null ? NOTHING : chunk(ROLE_WITHOUT_WORDS, SEALED, Json.bytes(sealed));
    }

    private byte[] finish() {
        FinishReason why = reason;
        if (why == null) {
            return NOTHING;
        }
        byte[] role = roleSent ? NOTHING : ROLE_ALONE;
        roleSent = true;
        return join(
                head(),
                CHOICE,
                role,
                ascii("},\"finish_reason\":\"" + FinishReasons.write(why, functions) + "\"}]}\n\n"));
    }

    private byte[] counts() {
        Usage used = usage;
        if (used == null || !form.usageWanted()) {
            return NOTHING;
        }
        byte[] first = firstPassed;
        return join(
                first == null ? head() : headLike(first),
                ascii("],\"usage\":"),
                Json.bytes(TokenCounts.write(used)),
                ascii("}\n\n"));
    }

    /** What was counted here for an upstream whose own chunks passed without usage: one more chunk of the same answer. */
    private byte[] headLike(byte[] first) {
        PassedChunk passed = PassedChunk.of(first);
        created = passed.created(form);
        return head(passed.id(form), passed.model());
    }

    /** A chunk of one delta; the first says the role, too. */
    private byte[] chunk(byte[] firstRole, byte[]... delta) {
        byte[][] pieces = new byte[delta.length + 4][];
        pieces[0] = head();
        pieces[1] = CHOICE;
        pieces[2] = roleSent ? NOTHING : firstRole;
        System.arraycopy(delta, 0, pieces, 3, delta.length);
        pieces[delta.length + 3] = GOES_ON;
        roleSent = true;
        return join(pieces);
    }

    private byte[] head() {
        byte[] made = head;
        if (made == null) {
            made = head(null, "");
            head = made;
        }
        return made;
    }

    private byte[] head(@Nullable String id, String model) {
        return join(
                ascii("data: {\"id\":"),
                Json.quoted(id == null ? form.id() : id),
                ascii(",\"object\":\"chat.completion.chunk\",\"created\":" + created + ",\"model\":"),
                Json.quoted(model),
                ascii(",\"choices\":["));
    }

    /** JSON as an event; what an upstream wrote on several lines stays on several. */
    private static byte[] onWire(byte[] json) {
        int lines = 0;
        for (byte b : json) {
            if (b == '\n') {
                lines++;
            }
        }
        byte[] event = new byte[DATA.length * (lines + 1) + json.length + END_OF_EVENT.length];
        System.arraycopy(DATA, 0, event, 0, DATA.length);
        int at = DATA.length;
        if (lines == 0) {
            System.arraycopy(json, 0, event, at, json.length);
            at += json.length;
        } else {
            for (byte b : json) {
                event[at++] = b;
                if (b == '\n') {
                    System.arraycopy(DATA, 0, event, at, DATA.length);
                    at += DATA.length;
                }
            }
        }
        System.arraycopy(END_OF_EVENT, 0, event, at, END_OF_EVENT.length);
        return event;
    }

    private static byte[] join(byte[]... pieces) {
        int length = 0;
        for (byte[] piece : pieces) {
            length += piece.length;
        }
        byte[] joined = new byte[length];
        int at = 0;
        for (byte[] piece : pieces) {
            System.arraycopy(piece, 0, joined, at, piece.length);
            at += piece.length;
        }
        return joined;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
