package io.flashsale.openapi;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Validates one value of a request against a schema of the contract, and provides the error message. It is precompiled,
 * because it runs for every request.
 *
 * <p>It supports the part of JSON Schema that plain values need. An unsupported keyword prevents the start, so that the
 * contract has no rule that is not enforced. A test compares it with a complete validator.
 */
final class ValueSchema {
    private static final Set<String> KEYWORDS =
            Set.of("type", "enum", "minimum", "maximum", "minLength", "maxLength", "pattern", "format", "items");
    /** The keywords that only document and restrict nothing. */
    private static final Set<String> ANNOTATIONS = Set.of("description", "default", "x-message", References.NAME);

    private static final Map<String, String> TYPES = Map.of(
            "integer", "must be an integer",
            "string", "must be a string",
            "boolean", "must be true or false",
            "array", "must be a list");

    private final List<String> types;
    private final long minimum;
    private final long maximum;
    private final int minLength;
    private final int maxLength;
    private final Set<String> values;
    private final Pattern pattern;
    private final Predicate<String> format;
    private final String message;

    ValueSchema(JsonObject schema, Map<String, Predicate<String>> formats) {
        for (String keyword : schema.fieldNames()) {
            require(KEYWORDS.contains(keyword) || ANNOTATIONS.contains(keyword), "keyword " + keyword);
        }
        this.types = schema.getValue("type") instanceof JsonArray several
                ? several.stream().map(String::valueOf).toList()
                : List.of(schema.getString("type"));
        require(TYPES.containsKey(types.get(0)), "type " + types.get(0));
        this.minimum = schema.getLong("minimum", Long.MIN_VALUE);
        this.maximum = schema.getLong("maximum", Long.MAX_VALUE);
        this.minLength = schema.getInteger("minLength", 0);
        this.maxLength = schema.getInteger("maxLength", Integer.MAX_VALUE);
        this.values = schema.getJsonArray("enum", new JsonArray()).stream()
                .map(String::valueOf)
                .collect(Collectors.toUnmodifiableSet());
        this.pattern = schema.containsKey("pattern") ? compiled(schema.getString("pattern")) : null;
        this.format =
                schema.containsKey("format") ? formats.getOrDefault(schema.getString("format"), any -> true) : null;
        this.message = schema.getString("x-message", derived(schema));
    }

    private static void require(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalStateException("conf/openapi.yaml: cannot validate requests: unsupported " + problem);
        }
    }

    /** Compiles a pattern of ECMA-262, as in JSON Schema: its dollar does not match before a final line break. */
    private static Pattern compiled(String pattern) {
        boolean toTheEnd = pattern.endsWith("$") && !pattern.endsWith("\\$");
        return Pattern.compile(toTheEnd ? pattern.substring(0, pattern.length() - 1) + "\\z" : pattern);
    }

    /** Derives the error message of a schema without {@code x-message}. */
    private static String derived(JsonObject schema) {
        if (schema.containsKey("enum")) {
            return "must be one of "
                    + schema.getJsonArray("enum").stream().map(String::valueOf).collect(Collectors.joining(", "));
        }
        if (schema.containsKey("minimum") && schema.containsKey("maximum")) {
            return "must be " + schema.getValue("minimum") + " to " + schema.getValue("maximum");
        }
        if (schema.containsKey("minimum")) {
            return "must be at least " + schema.getValue("minimum");
        }
        if (schema.containsKey("maxLength")) {
            return "must have " + schema.getValue("minLength", 0) + " to " + schema.getValue("maxLength")
                    + " characters";
        }
        return "has an invalid value";
    }

    boolean takesNull() {
        return types.contains("null");
    }

    boolean isList() {
        return types.contains("array");
    }

    /** Returns whether the schema accepts the value: a string, a long, a boolean or null. */
    boolean accepts(Object value) {
        if (!hasType(value)) {
            return false;
        }
        if (value instanceof Long number) {
            return number >= minimum && number <= maximum;
        }
        return !(value instanceof String text) || acceptsText(text);
    }

    private boolean acceptsText(String text) {
        int length = text.codePointCount(0, text.length());
        return length >= minLength
                && length <= maxLength
                && (values.isEmpty() || values.contains(text))
                && (pattern == null || pattern.matcher(text).find())
                && (format == null || format.test(text));
    }

    private boolean hasType(Object value) {
        for (String type : types) {
            boolean fits = switch (type) {
                case "integer" -> value instanceof Long;
                case "string" -> value instanceof String;
                case "boolean" -> value instanceof Boolean;
                case "null" -> value == null;
                default -> false;
            };
            if (fits) {
                return true;
            }
        }
        return false;
    }

    /** Converts the text of a parameter to the type of the schema; null if that is impossible. */
    Object read(String text) {
        return switch (types.get(0)) {
            case "integer" -> text.matches("-?\\d{1,18}") ? Long.valueOf(text) : null;
            case "boolean" -> (text.equals("true") || text.equals("false")) ? Boolean.valueOf(text) : null;
            default -> text;
        };
    }

    /** Reports the error of a value that was not accepted. */
    void report(String field, Object value, ValidationErrors errors) {
        if (hasType(value)) {
            errors.invalid(field, message);
        } else {
            errors.malformed(field, TYPES.get(types.get(0)));
        }
    }

    String message() {
        return message;
    }
}
