package io.flashsale.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.http.middleware.ContractFormats;
import io.flashsale.openapi.Contract;
import io.flashsale.openapi.Operation;
import io.flashsale.openapi.Parameter;
import io.flashsale.openapi.Parameter.Place;
import io.flashsale.openapi.ValidationErrors;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.Validator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that request validation agrees with JSON Schema. */
class ContractRulesTest {
    private static final Contract CONTRACT = ContractFormats.contract();

    /** Compares our validation with a complete JSON Schema validator, for every field and every parameter. */
    @Test
    void validationAgreesWithJsonSchema() {
        int compared = 0;
        for (Operation operation : CONTRACT.operations()) {
            JsonObject fields = schemaOf(operation).getJsonObject("properties", new JsonObject());
            for (String name : fields.fieldNames()) {
                Validator validator = validator(fields.getJsonObject(name));
                for (Object value : values(fields.getJsonObject(name))) {
                    Map<String, Object> body = new HashMap<>();
                    body.put(name, value);
                    ValidationErrors errors = new ValidationErrors();
                    operation.body().check(body, errors);
                    boolean accepted = errors.fieldErrors().stream()
                            .noneMatch(error -> error.field().equals(name));
                    assertEquals(
                            validator.validate(value).getValid(),
                            accepted,
                            operation.name() + " " + name + " " + value);
                    compared++;
                }
            }
            for (Object parameter : operation.model().getJsonArray("parameters", new JsonArray())) {
                compared += compareParameter(operation, (JsonObject) parameter);
            }
        }
        assertTrue(compared > 2_000, "compared " + compared);
    }

    private static int compareParameter(Operation operation, JsonObject model) {
        JsonObject schema = model.getJsonObject("schema");
        Parameter parameter =
                operation.parameters(Place.valueOf(model.getString("in").toUpperCase(Locale.ROOT))).stream()
                        .filter(named -> named.name().equals(model.getString("name")))
                        .findFirst()
                        .orElseThrow();
        if (schema.getValue("type").equals("array")) {
            return 0;
        }
        int compared = 0;
        for (Object value : values(schema)) {
            boolean text = schema.getValue("type").equals("string");
            if (text ? value instanceof String : value instanceof Long) {
                ValidationErrors errors = new ValidationErrors();
                boolean accepted =
                        parameter.check(List.of(value.toString()), errors).isEmpty() && errors.count() == 0;
                assertEquals(validator(schema).validate(value).getValid(), accepted, operation.name() + " " + value);
                compared++;
            }
        }
        return compared;
    }

    private static JsonObject schemaOf(Operation operation) {
        return operation
                .model()
                .getJsonObject("requestBody", new JsonObject())
                .getJsonObject("content", new JsonObject())
                .getJsonObject("application/json", new JsonObject())
                .getJsonObject("schema", new JsonObject());
    }

    private static Validator validator(JsonObject schema) {
        JsonSchemaOptions options = new JsonSchemaOptions()
                .setBaseUri("contract://requests")
                .setDraft(Draft.DRAFT202012)
                .setOutputFormat(OutputFormat.Flag);
        return Validator.create(JsonSchema.of(schema.copy()), options, (type, format, value) -> {
            Predicate<String> rule =
                    format == null ? null : ContractFormats.rules().get(format);
            return rule == null || !(value instanceof String text) || rule.test(text) ? null : "no " + format;
        });
    }

    private static List<Object> values(JsonObject schema) {
        List<Object> values = new ArrayList<>(Arrays.asList(
                null,
                true,
                false,
                0L,
                1L,
                -1L,
                299L,
                300L,
                Long.MAX_VALUE,
                Long.MIN_VALUE,
                "",
                " ",
                "a",
                "A",
                "usd",
                "USD",
                "XYZ",
                "ada@example.com",
                " ADA@EXAMPLE.COM ",
                "ada@",
                "0123456789",
                "012345678",
                "\u00fc".repeat(36),
                "\u00fc".repeat(37),
                "0123456789\u0000",
                "\u0001",
                "a\tb",
                "a\nb",
                "standard",
                "-x",
                "a".repeat(64),
                "a".repeat(65),
                "2026-11-27T12:00:00Z",
                "2026-11-27T12:00+01:00",
                "2026-13-01T00:00:00Z",
                "tomorrow",
                "\"3\"",
                "W/\"3-137-open\"",
                "*",
                "3",
                "placed",
                "product.updated",
                "\u3000"));
        for (String bound : List.of("minimum", "maximum")) {
            if (schema.containsKey(bound)) {
                values.addAll(List.of(
                        schema.getLong(bound) - 1, schema.getLong(bound).longValue(), schema.getLong(bound) + 1));
            }
        }
        for (String bound : List.of("minLength", "maxLength")) {
            if (schema.containsKey(bound)) {
                int length = schema.getInteger(bound);
                values.addAll(List.of("x".repeat(length), "x".repeat(length + 1), "\ud83d\ude00".repeat(length)));
            }
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(strings = {"const: 1", "multipleOf: 5", "exclusiveMinimum: 0", "not: {}", "anyOf: []"})
    void anUnsupportedKeywordPreventsTheStart(String keyword) {
        String text = CONTRACT.text().toString().replace("minimum: 1, maximum: 10,", "minimum: 1, " + keyword + ",");

        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> ContractFormats.contract(text));

        assertTrue(refused.getMessage().contains("unsupported keyword"), refused.getMessage());
    }

    @Test
    void aBodyWithAdditionalFieldsPreventsTheStart() {
        String text = CONTRACT.text()
                .toString()
                .replace(
                        "                code: {$ref: \"#/components/schemas/Code\"}\n              additionalProperties: false\n",
                        "                code: {$ref: \"#/components/schemas/Code\"}\n");

        assertThrows(IllegalStateException.class, () -> ContractFormats.contract(text));
    }

    @Test
    void everyPatternAndFormatHasAMessage() {
        for (Operation operation : CONTRACT.operations()) {
            schemaOf(operation).getJsonObject("properties", new JsonObject()).forEach(field -> {
                JsonObject rule = (JsonObject) field.getValue();
                boolean needsMessage = rule.containsKey("pattern") || rule.containsKey("format");
                assertTrue(!needsMessage || rule.containsKey("x-message"), operation.name() + " " + field.getKey());
            });
        }
    }
}
