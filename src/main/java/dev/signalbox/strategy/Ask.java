package dev.signalbox.strategy;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What strategies need to know of a request. What must be counted or read is counted or read when a strategy asks, and not
 * before; a strategy asks once for each request.
 */
public interface Ask {

    /** Whether the answer is wanted in pieces. */
    boolean stream();

    /** Tokens of the prompt. */
    long promptTokens();

    /** Tokens that the answer will probably have. */
    long expectedOutput();

    /** The text of the last message of the user. */
    String lastUserMessage();

    /** Characters of all messages. */
    long contextLength();

    /** What the caller says belongs together, if they do. */
    @Nullable String session();

    /** The caller's own end user, if they say it. */
    @Nullable String user();

    /** The id of the caller's key; null without keys. */
    @Nullable String key();

    /** Where the caller is. */
    String address();

    /** Of what is the same in all turns of a conversation: what stands at its beginning. */
    long prefixHash();

    /** What {@code requirements} is to look at. */
    Set<Aim> optimize();

    /** The quality that the caller wants at least. */
    @Nullable Quality minimum();

    /** What a request may cost, in pico-dollars; null: anything. */
    @Nullable Long maxCost();

    /** What a request should cost, in pico-dollars; null: anything. */
    @Nullable Long targetCost();

    /** The only provider that the caller wants; null: any. */
    @Nullable String provider();

    /** Who asks, as closely as is known: the session, else the user, else the key, else the address. */
    default String client() {
        String session = session();
        String user = user();
        String key = key();
        if (session != null) {
            return session;
        }
        return user != null ? user : key != null ? key : address();
    }
}
