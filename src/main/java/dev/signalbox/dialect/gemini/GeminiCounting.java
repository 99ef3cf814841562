package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Forwarded;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.SignalboxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Google's Gemini API for counting: {@code countTokens}, of contents or of a whole request for content.
 *
 * @see <a href="https://ai.google.dev/api/tokens">Counting tokens</a>
 */
public final class GeminiCounting implements Dialect {

    /** Its name. */
    public static final String ID = "gemini-count";

    private static final String REQUEST = "generateContentRequest";

    private final boolean flat;

    /** The form of the Gemini API, where what is more than contents stands in a request for content. */
    public GeminiCounting() {
        this(false);
    }

    private GeminiCounting(boolean flat) {
        this.flat = flat;
    }

    /** The form of Google Cloud, where everything stands beside the contents. */
    public static GeminiCounting flat() {
        return new GeminiCounting(true);
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public Operation operation() {
        return Operation.COUNT_TOKENS;
    }

    @Override
    public Prompt decode(Body body) {
        Fields fields = Fields.of(body.tree(), "");
        ObjectNode request = fields.objectOrNull(REQUEST);
        if (request == null) {
            return new GeminiRequestDecoder(body.tree(), "").decode();
        }
        Prompt prompt = new GeminiRequestDecoder(request, fields.path(REQUEST)).decode();
        fields.any("model"); // which stands in the address
        List<Leftover> leftovers = new ArrayList<>(prompt.leftovers());
        fields.leave(leftovers);
        return new Prompt(prompt.messages(), prompt.tools(), prompt.toolChoice(), prompt.settings(), leftovers);
    }

    /** Settings have no tokens, but for the schema of an answer. */
    @Override
    public Encoded encode(Prompt prompt, Target target) {
        Map<Setting, Given> settings = new EnumMap<>(Setting.class);
        Given format = prompt.setting(Setting.RESPONSE_FORMAT);
        if (format != null) {
            settings.put(Setting.RESPONSE_FORMAT, format);
        }
        Prompt counted =
                new Prompt(prompt.messages(), prompt.tools(), prompt.toolChoice(), settings, prompt.leftovers());
        Encoded encoded = new GeminiRequestEncoder(
                        counted, new Target(target.model(), false, null, Map.of(), target.quirks(), target.fetched()))
                .encode();
        ObjectNode request = encoded.body();
        ObjectNode body = request;
        if (!flat && request.size() > 1) {
            body = Json.object();
            body.putObject(REQUEST)
                    .put("model", GeminiModel.resource(target.model()))
                    .setAll(request);
        }
        return new Encoded(body, encoded.unsaid(), encoded.emulated());
    }

    /** The caller's body; a request for content in it names the model, and must name the one in the address. */
    @Override
    public Forwarded forward(Body body, Target target) {
        Map<String, byte @Nullable []> changes = new LinkedHashMap<>(2);
        if (body.member("model") != null) {
            changes.put("model", null);
        }
        for (String name : List.of(REQUEST, Fields.snake(REQUEST))) {
            Body.Member request = body.member(name);
            if (request != null && body.has(name)) {
                Body inner = Body.parse(Arrays.copyOfRange(body.bytes(), request.start(), request.end()));
                Map<String, byte @Nullable []> model = new LinkedHashMap<>(1);
                model.put("model", Json.quoted(GeminiModel.resource(target.model())));
                changes.put(name, inner.with(model));
            }
        }
        return Forwarded.whole(changes.isEmpty() ? body.bytes() : body.with(changes));
    }

    @Override
    public AnswerDecoder decoder() {
        return new CountReader(false);
    }

    @Override
    public AnswerDecoder passing(boolean usageWanted) {
        return new CountReader(true);
    }

    @Override
    public AnswerEncoder encoder(AnswerForm form) {
        return new CountWriter();
    }

    @Override
    public UpstreamError readError(int status, byte[] body) {
        return GeminiErrors.read(status, body);
    }

    @Override
    public byte[] error(SignalboxException failure) {
        return Json.bytes(GeminiErrors.body(failure));
    }
}
