package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Forwarded;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.dialect.Failures;
import java.util.ArrayList;
import java.util.List;

/**
 * OpenAI's older language in which a text is gone on with. To models that only talk, the text is said as a user's message.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/completions">OpenAI's completions</a>
 */
public final class OpenAiCompletions implements Dialect {

    /** What cannot be said here. */
    private static final List<String> NOT_HERE = List.of(
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "response_format",
            "reasoning_effort",
            "verbosity",
            "dimensions");

    @Override
    public String id() {
        return "openai-completions";
    }

    @Override
    public Operation operation() {
        return Operation.TEXT_COMPLETION;
    }

    @Override
    public Prompt decode(Body body) {
        return new CompletionDecoder(body.tree()).decode();
    }

    /** Settings are those of chats; the messages must be one text. */
    @Override
    public Encoded encode(Prompt prompt, Target target) {
        Encoded chat = new RequestEncoder(prompt, target.withDefaults(name -> !NOT_HERE.contains(name))).encode();
        ObjectNode body = chat.body();
        List<Unsaid> unsaid = new ArrayList<>(chat.unsaid());
        var text = new StringBuilder();
        for (Prompt.Message message : prompt.messages()) {
            for (Part part : message.parts()) {
                if (message.role() == Role.USER && part instanceof Part.Text words) {
                    text.append(words.text());
                } else {
                    unsaid.add(new Unsaid(part.path(), "goes on with one text only", true));
                }
            }
        }
        body.remove("messages");
        body.put("prompt", text.toString());
        ObjectNode ordered = Json.object();
        ordered.set("model", body.get("model"));
        ordered.set("prompt", body.get("prompt"));
        if (body.has(ForwardedRequest.MAX_COMPLETION_TOKENS)) {
            body.set(ForwardedRequest.MAX_TOKENS, body.remove(ForwardedRequest.MAX_COMPLETION_TOKENS));
        }
        for (String field : NOT_HERE) {
            if (body.remove(field) != null) {
                unsaid.add(new Unsaid(field, "goes on with one text only"));
            }
        }
        ordered.setAll(body);
        return new Encoded(ordered, unsaid, chat.emulated());
    }

    @Override
    public Forwarded forward(Body body, Target target) {
        return ForwardedRequest.of(body, target.withDefaults(name -> !NOT_HERE.contains(name)));
    }

    @Override
    public AnswerDecoder decoder() {
        return new AnswerReader();
    }

    @Override
    public AnswerDecoder passing(boolean usageWanted) {
        return new PassingAnswer(usageWanted);
    }

    @Override
    public AnswerEncoder encoder(AnswerForm form) {
        return new CompletionWriter(form);
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
