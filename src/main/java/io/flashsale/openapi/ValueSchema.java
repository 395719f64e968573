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
 * What one value of a request may be, and the words for it: a schema of the contract, ready to be asked very often.
 *
 * <p>Knows the part of JSON Schema that plain values need. A keyword that it does not know stops the start, so that the
 * contract cannot say what nobody checks; a test holds it against a whole validator.
 */
final class ValueSchema {
    private static final Set<String> KEYWORDS =
            Set.of("type", "enum", "minimum", "maximum", "minLength", "maxLength", "pattern", "format", "items");
    /** What tells people something and forbids nothing. */
    private static final Set<String> NOTES = Set.of("description", "default", "x-message", References.NAME);

    private static final Map<String, String> TYPES = Map.of(
            "integer", "must be an integer",
            "string", "must be a text",
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
            require(KEYWORDS.contains(keyword) || NOTES.contains(keyword), "cannot check " + keyword);
        }
        this.types = schema.getValue("type") instanceof JsonArray several
                ? several.stream().map(String::valueOf).toList()
                : List.of(schema.getString("type"));
        require(TYPES.containsKey(types.get(0)), "cannot check the type " + types.get(0));
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
            throw new IllegalStateException("conf/openapi.yaml: requests have a rule that nobody checks: " + problem);
        }
    }

    /** In ECMA-262, which JSON Schema goes by, the dollar is the end; in Java it may stand before a last line break. */
    private static Pattern compiled(String pattern) {
        boolean toTheEnd = pattern.endsWith("$") && !pattern.endsWith("\\$");
        return Pattern.compile(toTheEnd ? pattern.substring(0, pattern.length() - 1) + "\\z" : pattern);
    }

    /** The words for a rule that has none of its own. */
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
        return "is not a value that this can have";
    }

    boolean takesNull() {
        return types.contains("null");
    }

    boolean isList() {
        return types.contains("array");
    }

    /** Whether it may be this value: a text, a long, a truth value or null. */
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

    /** What a text of a query or a header says; null where it cannot be of the type. */
    Object read(String text) {
        return switch (types.get(0)) {
            case "integer" -> text.matches("-?\\d{1,18}") ? Long.valueOf(text) : null;
            case "boolean" -> (text.equals("true") || text.equals("false")) ? Boolean.valueOf(text) : null;
            default -> text;
        };
    }

    /** Tells what is wrong with a value that was not accepted. */
    void tell(String field, Object value, ValidationErrors errors) {
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
