package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.dialect.Rereading;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether somebody else could go on with a stream: one block after another, of words, thoughts and calls alone. */
final class PlainBlocks implements Rereading.Readable {

    private static final Set<String> BLOCKS = Set.of("text", "thinking", "redacted_thinking", "tool_use");
    private static final Set<String> DELTAS =
            Set.of("text_delta", "thinking_delta", "signature_delta", "input_json_delta");

    private int blocks;
    private boolean open;

    @Override
    public boolean test(@Nullable String name, JsonNode event) {
        if (name == null || !name.equals(event.path("type").asText())) {
            return false;
        }
        return switch (name) {
            case "content_block_start" -> {
                boolean next = !open && event.path("index").asInt(-1) == blocks;
                open = true;
                blocks++;
                JsonNode block = event.path("content_block");
                yield next
                        && BLOCKS.contains(block.path("type").asText())
                        && block.path("citations").isEmpty();
            }
            case "content_block_delta" ->
                open
                        && event.path("index").asInt(-1) == blocks - 1
                        && DELTAS.contains(event.path("delta").path("type").asText());
            case "content_block_stop" -> {
                boolean last = open && event.path("index").asInt(-1) == blocks - 1;
                open = false;
                yield last;
            }
            default -> true;
        };
    }
}
