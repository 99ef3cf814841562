package dev.signalbox.routing;

import dev.signalbox.chat.Controls;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.strategy.Aim;
import dev.signalbox.strategy.Ask;
import dev.signalbox.strategy.Quality;
import dev.signalbox.strategy.WarmPrefixes.Prefix;
import dev.signalbox.tokens.TokenEstimate;
import dev.signalbox.tokens.Tokenizer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An exchange as strategies see it. What they ask for is found out once, and not before; of a prompt that cannot be read
 * only the length is known.
 */
final class Question implements Ask {

    /** Later messages of a conversation are not worth a prefix of their own. */
    private static final int MOST_PREFIXES = 200;

    private static final long SEED = 0xCBF29CE484222325L;
    private static final long PRIME = 0x100000001B3L;

    private final Exchange exchange;
    private final Controls.Wishes wishes;
    private final long usualAnswer;
    private long promptTokens = -1;
    private @Nullable Tokenizer counted;
    private @Nullable List<Prefix> prefixes;
    private boolean unreadable;

    /** @param usualAnswer how many tokens the model's answers have */
    Question(Exchange exchange, long usualAnswer) {
        this.exchange = exchange;
        this.wishes = exchange.controls().wishes();
        this.usualAnswer = usualAnswer;
    }

    private @Nullable Prompt prompt() {
        if (unreadable) {
            return null;
        }
        try {
            return exchange.prompt();
        } catch (SignalboxException e) {
            unreadable = true;
            return null;
        }
    }

    /** Whether the caller's wishes need the prompt to be counted, whatever the strategy. */
    boolean weighsTokens() {
        return wishes.maxCost() != null || wishes.targetCost() != null;
    }

    /** Counts the prompt as a model does; takes longer than a thread that others wait for should. */
    void count(Tokenizer tokenizer) {
        Prompt prompt = prompt();
        if (prompt == null || !tokenizer.isExactFor(prompt)) {
            promptTokens = estimate();
        } else {
            promptTokens = tokenizer.count(prompt);
            counted = tokenizer;
        }
    }

    /** Who counted the prompt; null: it is estimated. */
    @Nullable Tokenizer counted() {
        return counted;
    }

    /** Whether a prompt of so many bytes may fill a window: hardly a token has less than two of them. */
    boolean mayFill(int window) {
        var body = exchange.body();
        return body != null && exchange.operation() == Operation.CHAT && body.bytes().length / 2 > window;
    }

    private long estimate() {
        Prompt prompt = prompt();
        var body = exchange.body();
        return prompt != null
                ? TokenEstimate.of(prompt)
                : body == null ? 0 : TokenEstimate.ofLength(body.bytes().length);
    }

    /** Tokens of prompt and answer together, at a guess. */
    long expectedTokens() {
        return promptTokens() + expectedOutput();
    }

    @Override
    public boolean stream() {
        return exchange.stream();
    }

    @Override
    public long promptTokens() {
        if (promptTokens < 0) {
            promptTokens = estimate();
        }
        return promptTokens;
    }

    @Override
    public long expectedOutput() {
        if (!exchange.operation().isTalk()) {
            return 0;
        }
        Prompt prompt = prompt();
        Prompt.Given asked = prompt == null ? null : prompt.setting(Prompt.Setting.MAX_OUTPUT_TOKENS);
        return asked == null || !asked.value().canConvertToLong()
                ? usualAnswer
                : Math.clamp(usualAnswer, 0, Math.max(0, asked.value().longValue()));
    }

    @Override
    public String lastUserMessage() {
        Prompt prompt = prompt();
        if (prompt == null) {
            return "";
        }
        for (Prompt.Message message : prompt.messages().reversed()) {
            if (message.role() == Prompt.Role.USER) {
                StringBuilder text = new StringBuilder();
                message.parts().forEach(part -> text.append(text(part)).append(' '));
                return text.toString();
            }
        }
        return "";
    }

    @Override
    public long contextLength() {
        Prompt prompt = prompt();
        if (prompt == null) {
            var body = exchange.body();
            return body == null ? 0 : body.bytes().length;
        }
        long length = 0;
        for (Prompt.Message message : prompt.messages()) {
            for (Part part : message.parts()) {
                length += text(part).length();
            }
        }
        return length;
    }

    private static String text(Part part) {
        return switch (part) {
            case Part.Text text -> text.text();
            case Part.Thinking thinking -> thinking.text();
            case Part.Refusal refusal -> refusal.text();
            case Part.ToolCall call -> call.arguments();
            case Part.ToolResult result -> {
                StringBuilder all = new StringBuilder();
                result.content().forEach(within -> all.append(text(within)));
                yield all.toString();
            }
            case Part.Image _, Part.Document _, Part.Audio _, Part.SealedThinking _ -> "";
        };
    }

    @Override
    public @Nullable String session() {
        return wishes.session();
    }

    @Override
    public @Nullable String user() {
        return exchange.user();
    }

    @Override
    public @Nullable String key() {
        return exchange.caller().keyId();
    }

    @Override
    public String address() {
        return exchange.address();
    }

    /** Of the session, when there is one; else of all that stands before the first answer. */
    @Override
    public long prefixHash() {
        String session = session();
        if (session != null) {
            return hash(SEED, session);
        }
        Prompt prompt = prompt();
        if (prompt == null) {
            return hash(SEED, client());
        }
        long hash = SEED;
        for (Prompt.Message message : prompt.messages()) {
            if (message.role() == Prompt.Role.ASSISTANT) {
                break;
            }
            hash = hash(hash, message);
            if (message.role() == Prompt.Role.USER) {
                break;
            }
        }
        return hash;
    }

    /** The beginnings of the prompt, the shortest first: each ends with a message. */
    List<Prefix> prefixes() {
        List<Prefix> known = prefixes;
        if (known == null) {
            known = find();
            prefixes = known;
        }
        return known;
    }

    private List<Prefix> find() {
        Prompt prompt = prompt();
        if (prompt == null) {
            return List.of();
        }
        List<Prefix> found = new ArrayList<>(prompt.messages().size());
        long hash = SEED;
        long tokens = 0;
        for (Prompt.Tool tool : prompt.tools()) {
            hash = hash(hash(hash, tool.name()), String.valueOf(tool.parameters()));
        }
        for (Prompt.Message message : prompt.messages()) {
            if (found.size() == MOST_PREFIXES) {
                break;
            }
            hash = hash(hash, message);
            for (Part part : message.parts()) {
                tokens += TokenEstimate.of(text(part));
            }
            found.add(new Prefix(hash, tokens));
        }
        return found;
    }

    private static long hash(long seed, Prompt.Message message) {
        long hash = (seed ^ message.role().ordinal()) * PRIME;
        for (Part part : message.parts()) {
            hash = hash(
                    hash, part instanceof Part.Image || part instanceof Part.Document ? part.toString() : text(part));
        }
        return hash;
    }

    private static long hash(long seed, String text) {
        long hash = seed;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * PRIME;
        }
        return hash;
    }

    @Override
    public Set<Aim> optimize() {
        EnumSet<Aim> aims = EnumSet.noneOf(Aim.class);
        wishes.optimize().forEach(aim -> aims.add(Aim.valueOf(aim.toUpperCase(Locale.ROOT))));
        return aims;
    }

    @Override
    public @Nullable Quality minimum() {
        String asked = wishes.quality();
        return asked == null ? null : Quality.valueOf(asked.toUpperCase(Locale.ROOT));
    }

    @Override
    public @Nullable Long maxCost() {
        return wishes.maxCost();
    }

    @Override
    public @Nullable Long targetCost() {
        return wishes.targetCost();
    }

    @Override
    public @Nullable String provider() {
        return exchange.controls().provider();
    }
}
