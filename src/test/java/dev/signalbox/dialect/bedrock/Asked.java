package dev.signalbox.dialect.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt;
import dev.signalbox.dialect.Golden;
import dev.signalbox.dialect.anthropic.AnthropicDialect;
import dev.signalbox.dialect.openai.OpenAiDialect;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Requests of other languages, and what they are in Bedrock's. */
final class Asked {

    static final BedrockDialect DIALECT = new BedrockDialect();
    static final String CLAUDE = "anthropic.claude-sonnet-4-20250514-v1:0";
    static final String CLAUDE_4_5 = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0";
    static final String CLAUDE_4_6 = "global.anthropic.claude-sonnet-4-6";
    static final String NOVA = "amazon.nova-pro-v1:0";
    static final String LLAMA = "meta.llama3-3-70b-instruct-v1:0";

    private Asked() {}

    /** A body in OpenAI's language; a single quote stands for a double one. */
    static Prompt openAi(String json) {
        return new OpenAiDialect().decode(Body.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    }

    /** A body in Anthropic's language; a single quote stands for a double one. */
    static Prompt anthropic(String json) {
        return new AnthropicDialect().decode(Body.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    }

    static Encoded encoded(String model, Prompt prompt) {
        return DIALECT.encode(prompt, Target.of(model, false, null));
    }

    /** A question with these members beside it, in OpenAI's language. */
    static Encoded hi(String model, String members) {
        return encoded(model, openAi("{'model':'m','messages':[{'role':'user','content':'hi'}]" + members + "}"));
    }

    /** A conversation in OpenAI's language. */
    static Encoded talk(String model, String messages, String members) {
        return encoded(model, openAi("{'model':'m','messages':[" + messages + "]" + members + "}"));
    }

    static JsonNode json(String text) {
        return parse(text.replace('\'', '"'));
    }

    static JsonNode parse(String text) {
        try {
            return Json.read(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String file(String name) {
        return Golden.text("bedrock/" + name);
    }

    static List<String> refused(Encoded encoded) {
        return encoded.unsaid().stream()
                .filter(unsaid -> !unsaid.hint())
                .map(Unsaid::path)
                .toList();
    }

    static List<String> hints(Encoded encoded) {
        return encoded.unsaid().stream().filter(Unsaid::hint).map(Unsaid::path).toList();
    }
}
