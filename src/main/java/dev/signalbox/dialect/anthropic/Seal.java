package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Encoded.Unsaid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A vendor's seal on what its model thought, as callers of this language carry it. Anthropic's own is carried as it is;
 * others have a word of ours and their dialect before them, with colons that no base64 holds, so that they find back to their
 * vendor and no other is shown them.
 *
 * @param value the seal itself
 * @param origin the dialect that can read it
 */
record Seal(String value, String origin) {

    private static final String OURS = "signalbox:";
    private static final String NOBODY = "none";

    /**
     * In place of a seal on thoughts that have none, as other vendors' may: Anthropic refuses thinking that it has not signed,
     * so that it must be known for another's when callers send it back.
     */
    static final String UNSEALED = OURS + NOBODY + ":";

    private static final Pattern FOREIGN = Pattern.compile(OURS + "([a-z][a-z0-9-]*):(.*)", Pattern.DOTALL);
    private static final byte[] MARK = ('"' + OURS).getBytes(StandardCharsets.US_ASCII);
    private static final int[] STEPS = steps();
    private static final String REASON = "takes back only thinking that it has signed itself";

    static Seal read(String carried) {
        Matcher foreign = FOREIGN.matcher(carried);
        return foreign.matches()
                ? new Seal(foreign.group(2), foreign.group(1))
                : new Seal(carried, AnthropicDialect.ID);
    }

    /** Whether it stands for there being no seal. */
    boolean isNone() {
        return origin.equals(NOBODY);
    }

    static String said(String value, String origin) {
        return origin.equals(AnthropicDialect.ID) ? value : OURS + origin + ":" + value;
    }

    /** Whether a body may hold foreign seals: a look at every eleventh byte or so, since nearly all hold none. */
    static boolean mayBeIn(byte[] json) {
        int last = MARK.length - 1;
        int at = last;
        while (at < json.length) {
            int i = last;
            while (i >= 0 && json[at - last + i] == MARK[i]) {
                i--;
            }
            if (i < 0) {
                return true;
            }
            at += STEPS[json[at] & 0xFF];
        }
        return false;
    }

    /** How far the mark can be moved on, by the byte under its end (Horspool's search). */
    private static int[] steps() {
        int[] steps = new int[256];
        Arrays.fill(steps, MARK.length);
        for (int i = 0; i < MARK.length - 1; i++) {
            steps[MARK[i]] = MARK.length - 1 - i;
        }
        return steps;
    }

    /** The blocks of thoughts that other vendors have sealed. */
    static List<Unsaid> foreign(Body body) {
        List<Unsaid> found = new ArrayList<>(0);
        if (mayBeIn(body.bytes())) {
            JsonNode messages = body.tree().path("messages");
            for (int i = 0; i < messages.size(); i++) {
                JsonNode content = messages.path(i).path("content");
                for (int j = 0; j < content.size(); j++) {
                    if (isForeign(content.path(j))) {
                        found.add(Unsaid.hint("messages[" + i + "].content[" + j + "]", REASON));
                    }
                }
            }
        }
        return found;
    }

    /** The messages without such blocks, nor messages that would be empty then. */
    static ArrayNode withoutForeign(ArrayNode messages) {
        ArrayNode own = messages.arrayNode(messages.size());
        for (JsonNode message : messages) {
            JsonNode content = message.path("content");
            if (!content.isArray()) {
                own.add(message);
                continue;
            }
            ArrayNode blocks = own.arrayNode(content.size());
            content.forEach(block -> {
                if (!isForeign(block)) {
                    blocks.add(block);
                }
            });
            if (blocks.size() == content.size()) {
                own.add(message);
            } else if (!blocks.isEmpty()) {
                own.add(((ObjectNode) message.deepCopy()).set("content", blocks));
            }
        }
        return own;
    }

    private static boolean isForeign(JsonNode block) {
        String carried = switch (block.path("type").asText()) {
            case "thinking" -> block.path("signature").asText();
            case "redacted_thinking" -> block.path("data").asText();
            default -> "";
        };
        return FOREIGN.matcher(carried).matches();
    }
}
