package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.SignalboxException;
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

    /** Everything is left over. */
    @Override
    public Prompt decode(Body body) {
        List<Leftover> leftovers = new ArrayList<>();
        for (Map.Entry<String, JsonNode> member : body.tree().properties()) {
            if (!member.getKey().equals("model")) {
                leftovers.add(new Leftover(member.getKey(), member.getValue()));
            }
        }
        return new Prompt(List.of(), List.of(), null, Map.of(), leftovers);
    }

    @Override
    public Encoded encode(Prompt prompt, Target target) {
        return new Encoded(
                Json.object().put("model", target.model()),
                List.of(new Unsaid("input", "judges only what is asked in its own language", true)),
                List.of());
    }

    @Override
    public byte[] forward(Body body, Target target) {
        return body.with(Map.of("model", Json.quoted(target.model())));
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
