package dev.signalbox.routing;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Whether a value fits a JSON schema, as far as {@code type}, {@code enum}, {@code const}, {@code required}, {@code
 * properties} and {@code items} tell; what else a schema says refuses nothing here.
 */
final class SchemaFit {

    private SchemaFit() {}

    /** Whether nothing speaks against it. */
    static boolean fits(JsonNode value, JsonNode schema) {
        if (!schema.isObject()) {
            return !schema.isBoolean() || schema.booleanValue();
        }
        return isOfType(value, schema.path("type"))
                && isOneOf(value, schema.path("enum"))
                && (!schema.has("const") || schema.get("const").equals(value))
                && hasMembers(value, schema)
                && hasElements(value, schema.path("items"));
    }

    private static boolean isOfType(JsonNode value, JsonNode type) {
        if (type.isTextual()) {
            return switch (type.textValue().toLowerCase(java.util.Locale.ROOT)) {
                case "object" -> value.isObject();
                case "array" -> value.isArray();
                case "string" -> value.isTextual();
                case "number" -> value.isNumber();
                case "integer" -> value.isNumber() && (value.isIntegralNumber() || value.asDouble() % 1 == 0);
                case "boolean" -> value.isBoolean();
                case "null" -> value.isNull();
                default -> true;
            };
        }
        if (!type.isArray() || type.isEmpty()) {
            return true;
        }
        for (JsonNode each : type) {
            if (isOfType(value, each)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOneOf(JsonNode value, JsonNode values) {
        if (!values.isArray()) {
            return true;
        }
        for (JsonNode each : values) {
            if (each.equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasMembers(JsonNode value, JsonNode schema) {
        if (!value.isObject()) {
            return true;
        }
        for (JsonNode name : schema.path("required")) {
            if (!value.has(name.asText())) {
                return false;
            }
        }
        for (var member : schema.path("properties").properties()) {
            JsonNode own = value.get(member.getKey());
            if (own != null && !fits(own, member.getValue())) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasElements(JsonNode value, JsonNode schema) {
        if (!value.isArray() || !schema.isObject()) {
            return true;
        }
        for (JsonNode element : value) {
            if (!fits(element, schema)) {
                return false;
            }
        }
        return true;
    }
}
