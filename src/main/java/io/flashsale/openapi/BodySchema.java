package io.flashsale.openapi;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Validates the body of a request: an object of plain fields without additional ones. */
public final class BodySchema {
    private static final Set<String> KEYWORDS =
            Set.of("type", "required", "properties", "additionalProperties", "description", References.NAME);

    private final Map<String, ValueSchema> fields = new LinkedHashMap<>();
    private final Set<String> required;

    private BodySchema(JsonObject schema, Map<String, Predicate<String>> formats) {
        boolean plain = KEYWORDS.containsAll(schema.fieldNames())
                && "object".equals(schema.getValue("type"))
                && Boolean.FALSE.equals(schema.getValue("additionalProperties"));
        if (!plain) {
            throw new IllegalStateException(
                    "conf/openapi.yaml: a request body must be an object of plain fields: " + schema);
        }
        this.required = schema.getJsonArray("required", new JsonArray()).stream()
                .map(String::valueOf)
                .collect(Collectors.toUnmodifiableSet());
        schema.getJsonObject("properties", new JsonObject())
                .forEach(field -> fields.put(field.getKey(), new ValueSchema((JsonObject) field.getValue(), formats)));
    }

    /** Creates the schema; without a request body in the contract, it accepts no body or an object without fields. */
    static BodySchema of(JsonObject requestBody, Map<String, Predicate<String>> formats) {
        JsonObject schema = requestBody == null
                ? new JsonObject().put("type", "object").put("additionalProperties", false)
                : requestBody
                        .getJsonObject("content")
                        .getJsonObject("application/json")
                        .getJsonObject("schema");
        return new BodySchema(schema, formats);
    }

    /**
     * Reports all errors of a body, in the order of the contract, unknown fields last.
     *
     * @param body the fields; a value that is not a string, long, boolean or null matches no schema
     */
    public void check(Map<String, Object> body, ValidationErrors errors) {
        if (body.isEmpty() && required.isEmpty()) {
            return;
        }
        fields.forEach((name, rule) -> {
            Object value = body.get(name);
            if (value == null && required.contains(name) && !(rule.takesNull() && body.containsKey(name))) {
                errors.invalid(name, "is required");
            } else if (body.containsKey(name) && !rule.accepts(value)) {
                rule.report(name, value, errors);
            }
        });
        for (String name : body.keySet()) {
            if (!fields.containsKey(name)) {
                errors.malformed(name, "is not a field of this request");
            }
        }
    }
}
