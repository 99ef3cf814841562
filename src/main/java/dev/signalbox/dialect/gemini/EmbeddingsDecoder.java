package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.chat.Prompt.Setting;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a request for vectors, of one text or of many. */
final class EmbeddingsDecoder {

    private final Fields body;
    private final List<Part> texts = new ArrayList<>();
    private final List<Leftover> leftovers = new ArrayList<>();
    private final Map<Setting, Given> settings = new EnumMap<>(Setting.class);

    EmbeddingsDecoder(ObjectNode body) {
        this.body = Fields.of(body, "");
    }

    Prompt decode() {
        body.any("model"); // which stands in the address
        if (body.has("requests")) {
            boolean first = true;
            for (Fields request : body.objects("requests")) {
                request.any("model");
                request(request, first);
                request.leave(leftovers);
                first = false;
            }
        } else {
            request(body, true);
        }
        body.leave(leftovers);
        String path = body.has("requests") ? body.path("requests") : body.path("content");
        return new Prompt(List.of(new Message(Role.USER, texts, path)), List.of(), null, settings, leftovers);
    }

    private void request(Fields request, boolean first) {
        content(Fields.of(request.required("content"), request.path("content")));
        give(Setting.DIMENSIONS, request.integer("outputDimensionality"), request.path("outputDimensionality"), first);
        String type = request.text("taskType");
        if (type != null && !type.equals("TASK_TYPE_UNSPECIFIED")) {
            String purpose = TaskTypes.purpose(type);
            if (purpose == null) {
                leftovers.add(new Leftover(request.path("taskType"), TextNode.valueOf(type)));
            } else {
                give(Setting.EMBEDDING_PURPOSE, TextNode.valueOf(purpose), request.path("taskType"), first);
            }
        } else {
            give(Setting.EMBEDDING_PURPOSE, null, request.path("taskType"), first);
        }
    }

    /** What the first request says holds for all; another that says something else says what no prompt can. */
    private void give(Setting setting, @Nullable JsonNode value, String path, boolean first) {
        Given given = settings.get(setting);
        if (first && value != null) {
            settings.put(setting, new Given(value, path));
        } else if (!first && value != null && (given == null || !given.value().equals(value))) {
            leftovers.add(new Leftover(path, value));
        } else if (!first && value == null && given != null) {
            leftovers.add(new Leftover(given.path(), given.value()));
        }
    }

    /** One text is one vector; more parts than one are more than other languages can say. */
    private void content(Fields content) {
        content.any("role");
        boolean any = false;
        for (Fields part : content.objects("parts")) {
            if (!any && part.has("text")) {
                texts.add(new Part.Text(part.textOrEmpty("text"), null, part.path()));
                any = true;
                part.leave(leftovers);
            } else {
                leftovers.add(new Leftover(part.path(), part.object()));
            }
        }
        if (!any) {
            throw Fields.wrong(content.path("parts"), "a list with a text");
        }
        content.leave(leftovers);
    }
}
