package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Gemini's own schemas, a part of OpenAPI 3.0, as JSON Schema that says the same.
 *
 * @see <a href="https://ai.google.dev/api/caching#Schema">Schema</a>
 */
final class GeminiSchema {

    /** Names that differ from JSON Schema's, in either spelling. */
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("any_of", "anyOf"),
            Map.entry("min_items", "minItems"),
            Map.entry("max_items", "maxItems"),
            Map.entry("min_length", "minLength"),
            Map.entry("max_length", "maxLength"),
            Map.entry("min_properties", "minProperties"),
            Map.entry("max_properties", "maxProperties"),
            Map.entry("property_ordering", "propertyOrdering"),
            Map.entry("additional_properties", "additionalProperties"),
            Map.entry("ref", "$ref"),
            Map.entry("defs", "$defs"));

    /** 64-bit numbers, which protocol buffers write as strings. */
    private static final Set<String> COUNTS =
            Set.of("minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties");

    private GeminiSchema() {}

    /** The schema as JSON Schema; what is no object stays as it is. */
    static JsonNode jsonSchema(JsonNode schema) {
        if (!(schema instanceof ObjectNode given)) {
            return schema;
        }
        ObjectNode said = Json.object();
        boolean nullable = given.path("nullable").asBoolean();
        List<String> order = List.of();
        for (Map.Entry<String, JsonNode> field : given.properties()) {
            String name = NAMES.getOrDefault(field.getKey(), field.getKey());
            JsonNode value = field.getValue();
            if (value.isNull()) {
                continue;
            }
            switch (name) {
                case "nullable" -> {} // said with the type
                case "type" -> type(value, said);
                case "format" -> {
                    if (!value.asText().equals("enum")) { // which only says that there is an enum
                        said.set("format", value);
                    }
                }
                case "propertyOrdering" -> order = words(value);
                case "example" -> said.putArray("examples").add(value);
                case "$ref" -> said.put("$ref", value.asText().replaceFirst("^#/defs/", "#/\\$defs/"));
                case "items", "additionalProperties" -> said.set(name, jsonSchema(value));
                case "anyOf" -> said.set(name, each(value));
                case "properties", "$defs" -> said.set(name, named(value));
                default -> said.set(name, COUNTS.contains(name) ? count(value) : value);
            }
        }
        if (!order.isEmpty() && said.get("properties") instanceof ObjectNode properties) {
            said.set("properties", ordered(properties, order));
        }
        if (nullable) {
            orNull(said);
        }
        return said;
    }

    private static void type(JsonNode value, ObjectNode said) {
        if (!value.isTextual()) {
            said.set("type", value);
        } else if (!value.textValue().equals("TYPE_UNSPECIFIED")) {
            said.put("type", value.textValue().toLowerCase(Locale.ROOT));
        }
    }

    private static void orNull(ObjectNode said) {
        JsonNode type = said.get("type");
        if (type != null && type.isTextual() && !type.textValue().equals("null")) {
            said.putArray("type").add(type).add("null");
        } else if (type == null && said.get("anyOf") instanceof ArrayNode choices) {
            choices.add(Json.object().put("type", "null"));
        }
        if (said.get("enum") instanceof ArrayNode values && !hasNull(values)) {
            said.set("enum", values.deepCopy().addNull());
        }
    }

    private static boolean hasNull(ArrayNode values) {
        for (JsonNode value : values) {
            if (value.isNull()) {
                return true;
            }
        }
        return false;
    }

    private static JsonNode each(JsonNode schemas) {
        if (!schemas.isArray()) {
            return schemas;
        }
        ArrayNode said = Json.mapper().createArrayNode();
        schemas.forEach(schema -> said.add(jsonSchema(schema)));
        return said;
    }

    /** What is named by the caller, and never by the language of schemas. */
    private static JsonNode named(JsonNode schemas) {
        if (!schemas.isObject()) {
            return schemas;
        }
        ObjectNode said = Json.object();
        schemas.properties().forEach(schema -> said.set(schema.getKey(), jsonSchema(schema.getValue())));
        return said;
    }

    private static List<String> words(JsonNode names) {
        return names.valueStream().map(JsonNode::asText).toList();
    }

    private static ObjectNode ordered(ObjectNode properties, List<String> order) {
        ObjectNode said = Json.object();
        for (String name : order) {
            JsonNode property = properties.get(name);
            if (property != null) {
                said.set(name, property);
            }
        }
        properties.properties().forEach(property -> said.putIfAbsent(property.getKey(), property.getValue()));
        return said;
    }

    private static JsonNode count(JsonNode value) {
        if (value.isTextual() && value.textValue().matches("\\d{1,18}")) {
            return Json.mapper().getNodeFactory().numberNode(Long.parseLong(value.textValue()));
        }
        return value;
    }
}
