package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Forwarded;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.dialect.Failures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * OpenAI's language for judging texts and images by its content policy. Its categories are that policy, so nobody else's
 * answer can be put into it: it goes to its own kind or nowhere.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/moderations">OpenAI's moderations</a>
 */
public final class OpenAiModerations implements Dialect {

    @Override
    public String id() {
        return "openai-moderations";
    }

    @Override
    public Operation operation() {
        return Operation.MODERATION;
    }

    /** Texts are read, so that they can be counted; everything else is left over. */
    @Override
    public Prompt decode(Body body) {
        List<Part> texts = new ArrayList<>();
        List<Leftover> leftovers = new ArrayList<>();
        for (Map.Entry<String, JsonNode> member : body.tree().properties()) {
            if (member.getKey().equals("input")) {
                input(member.getValue(), texts, leftovers);
            } else if (!member.getKey().equals("model")) {
                leftovers.add(new Leftover(member.getKey(), member.getValue()));
            }
        }
        List<Message> messages = texts.isEmpty() ? List.of() : List.of(new Message(Role.USER, texts, "input"));
        return new Prompt(messages, List.of(), null, Map.of(), leftovers);
    }

    private static void input(JsonNode input, List<Part> texts, List<Leftover> leftovers) {
        if (input.isTextual()) {
            texts.add(new Part.Text(input.textValue(), null, "input"));
        } else if (!input.isArray()) {
            leftovers.add(new Leftover("input", input));
        }
        for (int i = 0; input.isArray() && i < input.size(); i++) {
            String path = "input[" + i + "]";
            JsonNode item = input.get(i);
            JsonNode text = item.path("type").asText().equals("text") ? item.path("text") : item;
            if (text.isTextual()) {
                texts.add(new Part.Text(text.textValue(), null, path));
            } else {
                leftovers.add(new Leftover(path, item));
            }
        }
    }

    @Override
    public Encoded encode(Prompt prompt, Target target) {
        return new Encoded(
                Json.object().put("model", target.model()),
                List.of(new Unsaid("input", "judges only what is asked in its own language", true)),
                List.of());
    }

    @Override
    public Forwarded forward(Body body, Target target) {
        return Forwarded.whole(body.with(Map.of("model", Json.quoted(target.model()))));
    }

    @Override
    public AnswerDecoder decoder() {
        return passing(true);
    }

    @Override
    public AnswerDecoder passing(boolean usageWanted) {
        return new PassingWhole("results");
    }

    @Override
    public AnswerEncoder encoder(AnswerForm form) {
        return new WholeAnswer();
    }

    @Override
    public UpstreamError readError(int status, byte[] body) {
        return UpstreamErrors.read(status, body);
    }

    @Override
    public byte[] error(SignalboxException failure) {
        return Failures.body(failure);
    }
}
