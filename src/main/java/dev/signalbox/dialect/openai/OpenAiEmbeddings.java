package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Forwarded;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.dialect.Failures;
import dev.signalbox.dialect.Members;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's language for turning texts into vectors.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/embeddings">OpenAI's embeddings</a>
 */
public final class OpenAiEmbeddings implements Dialect {

    private static final String DIMENSIONS = "dimensions";

    @Override
    public String id() {
        return "openai-embeddings";
    }

    @Override
    public Operation operation() {
        return Operation.EMBEDDINGS;
    }

    /** How the vectors are written is a matter of the answer alone. */
    @Override
    public Prompt decode(Body body) {
        Members members = Members.of(body.tree(), "");
        members.take("model");
        base64Wanted(body);
        members.take("encoding_format");
        Map<Setting, Given> settings = new EnumMap<>(Setting.class);
        keep(settings, Setting.DIMENSIONS, DIMENSIONS, members.integer(DIMENSIONS));
        members.string("user");
        keep(settings, Setting.USER, "user", members.peek("user"));
        List<Part> texts = texts(members.take("input"));
        List<Leftover> leftovers = new ArrayList<>();
        members.leaveTheRest(leftovers);
        return new Prompt(List.of(new Message(Role.USER, texts, "input")), List.of(), null, settings, leftovers);
    }

    private static void keep(Map<Setting, Given> settings, Setting setting, String path, @Nullable JsonNode value) {
        if (value != null) {
            settings.put(setting, new Given(value, path));
        }
    }

    private static List<Part> texts(@Nullable JsonNode input) {
        if (input != null && input.isTextual()) {
            return List.of(new Part.Text(input.textValue(), null, "input"));
        }
        if (input == null || !input.isArray() || input.isEmpty()) {
            throw new InvalidRequest("'input' must be a text or a list of texts", "input");
        }
        List<Part> texts = new ArrayList<>(input.size());
        for (int i = 0; i < input.size(); i++) {
            if (!input.get(i).isTextual()) {
                throw new InvalidRequest(
                        "'input' must be texts where the model speaks another language: tokens mean nothing to it",
                        "input");
            }
            texts.add(new Part.Text(input.get(i).textValue(), null, "input[" + i + "]"));
        }
        return texts;
    }

    /**
     * Whether vectors are to be written in base64.
     *
     * @throws InvalidRequest when they are to be written in a way that is not known
     */
    static boolean base64Wanted(Body body) {
        String format = body.string("encoding_format");
        if (format == null || format.equals("float")) {
            return false;
        }
        if (!format.equals("base64")) {
            throw new InvalidRequest("'encoding_format' must be float or base64", "encoding_format");
        }
        return true;
    }

    @Override
    public Encoded encode(Prompt prompt, Target target) {
        ObjectNode body = Json.object().put("model", target.model());
        ArrayNode input = body.putArray("input");
        List<Unsaid> unsaid = new ArrayList<>();
        for (Message message : prompt.messages()) {
            for (Part part : message.parts()) {
                if (part instanceof Part.Text text) {
                    input.add(text.text());
                } else {
                    unsaid.add(new Unsaid(part.path(), "makes vectors of text only", true));
                }
            }
        }
        for (Setting setting : Setting.values()) {
            Given given = prompt.setting(setting);
            if (given != null) {
                say(setting, given, target, body, unsaid);
            }
        }
        prompt.leftovers().forEach(left -> unsaid.add(new Unsaid(left.path(), "has no such field")));
        target.defaults().forEach((name, value) -> {
            if (name.equals(DIMENSIONS) && !body.has(name)) {
                body.set(name, Json.mapper().<JsonNode>valueToTree(value));
            }
        });
        target.quirks().renamed().forEach((from, to) -> {
            JsonNode value = body.remove(from);
            if (value != null) {
                body.set(to, value);
            }
        });
        return new Encoded(body, unsaid, List.of());
    }

    private static void say(Setting setting, Given given, Target target, ObjectNode body, List<Unsaid> unsaid) {
        String field = setting == Setting.DIMENSIONS ? DIMENSIONS : setting == Setting.USER ? "user" : null;
        if (field == null) {
            unsaid.add(
                    setting == Setting.EMBEDDING_PURPOSE
                            ? Unsaid.hint(given.path(), "makes the same vectors for every purpose")
                            : new Unsaid(given.path(), "makes vectors, and does not answer"));
        } else if (target.quirks().refused().contains(field)) {
            unsaid.add(RequestEncoder.refused(field, given.path()));
        } else {
            body.set(field, given.value());
        }
    }

    @Override
    public Forwarded forward(Body body, Target target) {
        return ForwardedRequest.of(body, target.withDefaults(DIMENSIONS::equals));
    }

    @Override
    public AnswerDecoder decoder() {
        return new VectorReader();
    }

    @Override
    public AnswerDecoder passing(boolean usageWanted) {
        return new PassingWhole("data");
    }

    @Override
    public AnswerEncoder encoder(AnswerForm form) {
        return new VectorWriter(form);
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
