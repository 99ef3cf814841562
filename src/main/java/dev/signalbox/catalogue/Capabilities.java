package dev.signalbox.catalogue;

import dev.signalbox.chat.Operation;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a model is known to be able to do, and known not to; what is in neither is unknown.
 *
 * @param can what it can
 * @param cannot what it cannot
 * @param serves what it is asked for; null: unknown
 */
public record Capabilities(
        Set<Capability> can,
        Set<Capability> cannot,
        @Nullable Operation serves) {

    /** Nothing is known. */
    public static final Capabilities UNKNOWN = new Capabilities(Set.of(), Set.of(), null);

    public Capabilities {
        can = Set.copyOf(can);
        cannot = Set.copyOf(cannot);
    }

    /** Something that not every model can. */
    public enum Capability {
        /** To see pictures. */
        VISION,
        /** To call tools. */
        TOOLS,
        /** To read documents such as PDFs. */
        DOCUMENTS,
        /** To hear. */
        AUDIO,
        /** To think before it answers. */
        REASONING,
        /** To answer in JSON of a given schema. */
        STRUCTURED_OUTPUT;

        /** Its name on the wire, such as {@code structured_output}. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether it is known that it cannot. */
    public boolean lacks(Capability capability) {
        return cannot.contains(capability);
    }

    /** Whether it is known that it is asked for other things than that. */
    public boolean excludes(Operation asked) {
        if (serves == null || serves == asked) {
            return false;
        }
        return switch (asked) {
            case TEXT_COMPLETION, COUNT_TOKENS -> serves != Operation.CHAT;
            case CHAT, EMBEDDINGS, MODERATION -> true;
        };
    }

    /** What is known of models of which any may answer: what one can, they can; what all cannot, they cannot. */
    static Capabilities ofAny(List<Capabilities> several) {
        Set<Capability> can = EnumSet.noneOf(Capability.class);
        Set<Capability> cannot = EnumSet.allOf(Capability.class);
        Operation serves = several.isEmpty() ? null : several.getFirst().serves();
        for (Capabilities one : several) {
            can.addAll(one.can());
            cannot.retainAll(one.cannot());
            serves = one.serves() == serves ? serves : null;
        }
        return several.isEmpty() ? UNKNOWN : new Capabilities(can, cannot, serves);
    }
}
