package dev.signalbox.dialect.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The fields of a request that go through to the model as they are. */
final class AdditionalFields {

    /** Where they stand in the request. */
    static final String MEMBER = "additionalModelRequestFields";

    private final ObjectNode body;

    AdditionalFields(ObjectNode body) {
        this.body = body;
    }

    /** Sets one, at a path such as {@code inferenceConfig.topK}. */
    void set(String path, JsonNode value) {
        ObjectNode at = object(body, MEMBER);
        String[] names = path.split("\\.");
        for (int i = 0; i < names.length - 1; i++) {
            at = object(at, names[i]);
        }
        at.set(names[names.length - 1], value);
    }

    /** Whether there is one at the top. */
    boolean has(String name) {
        return body.path(MEMBER).has(name);
    }

    /** An object within another, made when it is not there. */
    static ObjectNode object(ObjectNode in, String member) {
        return in.get(member) instanceof ObjectNode there ? there : in.putObject(member);
    }

    /** Whether a value is there. */
    boolean hasPath(String path) {
        return !body.path(MEMBER).at("/" + path.replace('.', '/')).isMissingNode();
    }
}
