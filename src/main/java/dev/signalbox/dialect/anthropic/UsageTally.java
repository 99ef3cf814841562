package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import java.io.IOException;

/**
 * The tokens of one answer as they become known. Every {@code usage} counts from the beginning, so a later number takes
 * the place of an earlier one; a prompt that has been counted is not made empty by a later zero, which some vendors send.
 */
final class UsageTally {

    /** Of the tokens written to the cache those that stay for an hour, which cost more. */
    private static final String HOUR = "ephemeral_1h_input_tokens";

    private long input;
    private long read;
    private long written;
    private long hour;
    private long output;
    private long thinking;
    private long nextInput;
    private long nextRead;
    private long nextWritten;

    /** Takes a {@code usage} object. */
    void take(JsonNode usage) {
        begin();
        usage.properties().forEach(field -> {
            JsonNode value = field.getValue();
            if (value.isIntegralNumber() && value.canConvertToLong()) {
                set(field.getKey(), value.longValue());
            } else if (field.getKey().equals("output_tokens_details")) {
                JsonNode spent = value.path("thinking_tokens");
                set("thinking_tokens", spent.canConvertToLong() ? spent.longValue() : 0);
            } else if (field.getKey().equals("cache_creation")) {
                JsonNode hour = value.path(HOUR);
                set(HOUR, hour.canConvertToLong() ? hour.longValue() : 0);
            }
        });
        end();
    }

    /** Takes the {@code usage} object at which the parser stands, and leaves it at the object's end. */
    void take(JsonParser usage) throws IOException {
        begin();
        while (usage.nextToken() == JsonToken.FIELD_NAME) {
            String name = usage.currentName();
            JsonToken token = usage.nextToken();
            if (token == JsonToken.VALUE_NUMBER_INT) {
                setIfLong(name, usage);
            } else if (token == JsonToken.START_OBJECT && name.equals("output_tokens_details")) {
                detail(usage, "thinking_tokens");
            } else if (token == JsonToken.START_OBJECT && name.equals("cache_creation")) {
                detail(usage, HOUR);
            } else {
                usage.skipChildren();
            }
        }
        end();
    }

    private void detail(JsonParser details, String wanted) throws IOException {
        while (details.nextToken() == JsonToken.FIELD_NAME) {
            String name = details.currentName();
            if (details.nextToken() == JsonToken.VALUE_NUMBER_INT && name.equals(wanted)) {
                setIfLong(name, details);
            } else {
                details.skipChildren();
            }
        }
    }

    private void setIfLong(String name, JsonParser number) throws IOException {
        if (number.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            set(name, number.getLongValue());
        }
    }

    private void begin() {
        nextInput = input;
        nextRead = read;
        nextWritten = written;
    }

    private void set(String name, long count) {
        long tokens = Math.max(0, count);
        switch (name) {
            case "input_tokens" -> nextInput = tokens;
            case "cache_read_input_tokens" -> nextRead = tokens;
            case "cache_creation_input_tokens" -> nextWritten = tokens;
            case "output_tokens" -> output = tokens;
            case "thinking_tokens" -> thinking = tokens;
            case HOUR -> hour = tokens;
            default -> {} // how the tokens above are made up, or no tokens at all
        }
    }

    private void end() {
        if (nextInput != 0 || nextRead != 0 || nextWritten != 0) {
            input = nextInput;
            read = nextRead;
            written = nextWritten;
        }
    }

    /** The count so far, in buckets that do not overlap. */
    Usage usage() {
        long thought = Math.min(thinking, output);
        return new Usage(input, read, written, output - thought, thought, Math.min(hour, written));
    }

    /** A count as a {@code usage} object. */
    static ObjectNode said(Usage usage) {
        ObjectNode said = Json.object()
                .put("input_tokens", usage.input())
                .put("cache_creation_input_tokens", usage.cacheWrite())
                .put("cache_read_input_tokens", usage.cacheRead())
                .put("output_tokens", usage.completion());
        if (usage.reasoning() > 0) {
            said.putObject("output_tokens_details").put("thinking_tokens", usage.reasoning());
        }
        return said;
    }
}
