package io.flashsale.openapi;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What the body of a request may be: an object of plain fields, and no others. */
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
            throw new IllegalStateException("conf/openapi.yaml: a body is not an object of plain fields: " + schema);
        }
        this.required = schema.getJsonArray("required", new JsonArray()).stream()
                .map(String::valueOf)
                .collect(Collectors.toUnmodifiableSet());
        schema.getJsonObject("properties", new JsonObject())
                .forEach(field -> fields.put(field.getKey(), new ValueSchema((JsonObject) field.getValue(), formats)));
    }

    /** An operation that says nothing of a body takes none, or an object without fields. */
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
     * Tells everything that is wrong with a body, in the order of the contract, unknown fields last.
     *
     * @param body its fields; what is no text, long, truth value or null fits no rule
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
                rule.tell(name, value, errors);
            }
        });
        for (String name : body.keySet()) {
            if (!fields.containsKey(name)) {
                errors.malformed(name, "is not a field of this request");
            }
        }
    }
}
